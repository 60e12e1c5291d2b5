// Command customresources writes what Kubernetes makes of custom resources and of their definitions; see README.md.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: customresources <seed> <schemas> <objects of each> <folder>")
		os.Exit(2)
	}
	seed, _ := strconv.ParseInt(os.Args[1], 10, 64)
	schemas, _ := strconv.Atoi(os.Args[2])
	objects, _ := strconv.Atoi(os.Args[3])
	random := &chooser{rand.New(rand.NewSource(seed))}
	if err := run(random, schemas, objects, os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(random *chooser, schemas, objects int, folder string) error {
	var written []objectVectors
	for len(written) < schemas {
		schema := random.structuralSchema(0)
		schema["type"] = "object"
		delete(schema, "default")
		delete(schema, "additionalProperties")
		delete(schema, "nullable")
		vectors, err := observeObjects(random, schema, objects)
		if err != nil {
			// The schema is not a valid one; those have vectors of their own.
			continue
		}
		written = append(written, vectors)
	}
	if err := write(filepath.Join(folder, "crd-random-objects.json"), written); err != nil {
		return err
	}
	var definitions []definitionVector
	for len(definitions) < schemas*3 {
		given := random.definition()
		vector := observeDefinition(given)
		// Always the same, or it depends on the order in which Go goes through a map.
		steady := !vector.Panics
		for range 20 {
			steady = steady && reflect.DeepEqual(vector, observeDefinition(given))
		}
		if steady {
			definitions = append(definitions, vector)
		}
	}
	return write(filepath.Join(folder, "crd-random-definitions.json"), definitions)
}

// write puts one vector on a line, for the sake of whoever reads the differences.
func write(path string, vectors any) error {
	text, err := json.Marshal(vectors)
	if err != nil {
		return err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	var out bytes.Buffer
	for i, each := range list {
		out.WriteString([]string{"[", ","}[min(i, 1)])
		out.Write(each)
		out.WriteByte('\n')
	}
	out.WriteString("]\n")
	return os.WriteFile(path, out.Bytes(), 0o644)
}
