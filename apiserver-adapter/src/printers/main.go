// Command printers writes what Kubernetes' own printers make of objects: the rows of tables, cell by cell. See README.md.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apiserverinternal/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/storagemigration/install"
	"k8s.io/kubernetes/pkg/printers"
	printersinternal "k8s.io/kubernetes/pkg/printers/internalversion"
	printerstorage "k8s.io/kubernetes/pkg/printers/storage"
)

// The moment at which the objects are looked at. Printers look at the clock, so all times are moved to today and back.
var moment = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var timestamp = regexp.MustCompile(`"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z"`)

// Kinds that the API server shows without a printer of their own.
var plain = map[string]bool{"Role": true, "ClusterRole": true, "LimitRange": true, "CSIStorageCapacity": true}

type column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Format   string `json:"format"`
	Priority int32  `json:"priority"`
}

type vector struct {
	Object     json.RawMessage          `json:"object"`
	Columns    []column                 `json:"columns"`
	Cells      []any                    `json:"cells"`
	Conditions []meta.TableRowCondition `json:"conditions,omitempty"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "printers:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	file, err := os.Open(in)
	if err != nil {
		return err
	}
	defer file.Close()
	generator := printers.NewTableGenerator().With(printersinternal.AddHandlers)
	var vectors []vector
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		made, err := one(printerstorage.TableConvertor{TableGenerator: generator}, append([]byte{}, lines.Bytes()...))
		if err != nil {
			return fmt.Errorf("%s: %w", lines.Text(), err)
		}
		vectors = append(vectors, *made)
	}
	var written bytes.Buffer
	for i, each := range vectors {
		line, err := json.Marshal(each)
		if err != nil {
			return err
		}
		before := ",\n"
		if i == 0 {
			before = "[\n"
		}
		written.WriteString(before)
		written.Write(line)
	}
	written.WriteString("\n]\n")
	return os.WriteFile(out, written.Bytes(), 0o644)
}

func one(convertor rest.TableConvertor, text []byte) (*vector, error) {
	// Away from the next second, so that it does not begin while the object is printed.
	for time.Now().Nanosecond() > 800_000_000 {
		time.Sleep(50 * time.Millisecond)
	}
	shift := time.Now().UTC().Truncate(time.Second).Sub(moment)
	moved := timestamp.ReplaceAllFunc(text, func(found []byte) []byte {
		read, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(found))
		if err != nil || read.IsZero() {
			return found
		}
		layout := time.RFC3339
		if bytes.ContainsRune(found, '.') {
			layout = meta.RFC3339Micro
		}
		return []byte(read.Add(shift).Format(`"` + layout + `"`))
	})
	var tree unstructured.Unstructured
	if err := json.Unmarshal(moved, &tree.Object); err != nil {
		return nil, err
	}
	kind := tree.GroupVersionKind()
	versioned, err := legacyscheme.Scheme.New(kind)
	if err != nil {
		return nil, err
	}
	// No defaults: what an object does not say is part of the comparison.
	if err := json.Unmarshal(moved, versioned); err != nil {
		return nil, err
	}
	var internal runtime.Object = &core.Event{}
	if kind.Kind == "Event" {
		// Two groups have it, and only one of them the internal type.
		err = legacyscheme.Scheme.Convert(versioned, internal, nil)
	} else {
		internal, err = legacyscheme.Scheme.ConvertToVersion(versioned, schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal})
	}
	if err != nil {
		return nil, err
	}
	if plain[kind.Kind] {
		convertor = rest.NewDefaultTableConvertor(schema.GroupResource{Group: kind.Group, Resource: kind.Kind})
	}
	table, err := convertor.ConvertToTable(context.Background(), internal, &meta.TableOptions{})
	if err != nil {
		return nil, err
	}
	if len(table.Rows) != 1 {
		return nil, fmt.Errorf("%d rows", len(table.Rows))
	}
	made := &vector{Object: text, Cells: table.Rows[0].Cells, Conditions: table.Rows[0].Conditions}
	for i, cell := range made.Cells {
		if plain[kind.Kind] && i == 1 && cell != "0001-01-01T00:00:00Z" {
			created, err := time.Parse(time.RFC3339, cell.(string))
			if err != nil {
				return nil, err
			}
			made.Cells[i] = created.Add(-shift).Format(time.RFC3339)
		}
	}
	for _, each := range table.ColumnDefinitions {
		made.Columns = append(made.Columns, column{each.Name, each.Type, each.Format, each.Priority})
	}
	return made, nil
}
