// Command tables writes what Kvorum knows about Kubernetes' built-in kinds: names, types, numbers and merge rules, read
// from the Go types and the published schemas of the Kubernetes modules. See README.md.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// Not a dependency of this program, only read: its published OpenAPI and discovery documents.
const kubernetes = "k8s.io/kubernetes@v1.36.3"

func main() {
	if len(os.Args) != 3 || (os.Args[1] != "tables" && os.Args[1] != "vectors") {
		fmt.Fprintln(os.Stderr, "usage: tables tables|vectors FOLDER")
		os.Exit(2)
	}
	var err error
	if os.Args[1] == "tables" {
		err = writeTables(os.Args[2])
	} else {
		if err = writeVectors(os.Args[2]); err == nil {
			if err = writeYAMLVectors(os.Args[2]); err == nil {
				err = writeJSONVectors(os.Args[2])
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(1)
	}
}

func writeTables(out string) error {
	source, err := moduleDir(kubernetes)
	if err != nil {
		return err
	}
	published, err := readOpenAPI(filepath.Join(source, "api/openapi-spec/v3"))
	if err != nil {
		return err
	}
	client, err := moduleDir("k8s.io/client-go@" + versionOf("k8s.io/client-go"))
	if err != nil {
		return err
	}
	merge, err := readMergeSchema(filepath.Join(client, "applyconfigurations/internal/internal.go"))
	if err != nil {
		return err
	}
	types, err := collectTypes(published)
	if err != nil {
		return err
	}
	if err := types.overlay(published); err != nil {
		return err
	}
	if err := types.compare(merge); err != nil {
		return err
	}
	groups, err := readResources(filepath.Join(source, "api/discovery"), published)
	if err != nil {
		return err
	}
	if err := types.write(out); err != nil {
		return err
	}
	return groups.write(out)
}

// moduleDir is where the module cache holds a module, which is downloaded if it is not there.
func moduleDir(module string) (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	for _, line := range strings.Split(string(output), "\n") {
		if dir, found := strings.CutPrefix(strings.TrimSpace(line), `"Dir": "`); found {
			return strings.TrimSuffix(strings.TrimSuffix(dir, ","), `"`), nil
		}
	}
	return "", fmt.Errorf("go mod download %s names no folder", module)
}

func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	panic("not built with " + module)
}
