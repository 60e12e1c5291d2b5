package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

type gvk struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

// A schema as the API server publishes it, without its prose.
type schema struct {
	Ref                  string             `json:"$ref"`
	AllOf                []schema           `json:"allOf"`
	Type                 string             `json:"type"`
	Format               string             `json:"format"`
	Default              json.RawMessage    `json:"default"`
	Enum                 []any              `json:"enum"`
	Items                *schema            `json:"items"`
	AdditionalProperties *schema            `json:"additionalProperties"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	Kinds                []gvk              `json:"x-kubernetes-group-version-kind"`
	ListType             string             `json:"x-kubernetes-list-type"`
	ListMapKeys          []string           `json:"x-kubernetes-list-map-keys"`
	MapType              string             `json:"x-kubernetes-map-type"`
	PatchStrategy        string             `json:"x-kubernetes-patch-strategy"`
	PatchMergeKey        string             `json:"x-kubernetes-patch-merge-key"`
	Unions               json.RawMessage    `json:"x-kubernetes-unions"`
}

// The definition that a property refers to, or "".
func (s *schema) ref() string {
	ref := s.Ref
	if ref == "" && len(s.AllOf) == 1 {
		ref = s.AllOf[0].Ref
	}
	return strings.TrimPrefix(ref, "#/components/schemas/")
}

type operation struct {
	Action    string `json:"x-kubernetes-action"`
	Kind      gvk    `json:"x-kubernetes-group-version-kind"`
	Responses map[string]struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

type openAPI struct {
	definitions map[string]*schema
	// The definition that GET on a path answers with, by path.
	answers map[string]string
}

func readOpenAPI(folder string) (*openAPI, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*_openapi.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no OpenAPI documents in %s: %v", folder, err)
	}
	sort.Strings(files)
	published := &openAPI{map[string]*schema{}, map[string]string{}}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var document struct {
			Paths      map[string]map[string]json.RawMessage
			Components struct{ Schemas map[string]*schema }
		}
		if err := json.Unmarshal(content, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for name, definition := range document.Components.Schemas {
			published.definitions[name] = definition
		}
		for path, operations := range document.Paths {
			if operations["get"] == nil {
				continue
			}
			var get operation
			if err := json.Unmarshal(operations["get"], &get); err != nil {
				return nil, fmt.Errorf("%s %s: %w", file, path, err)
			}
			answer := get.Responses["200"].Content["application/json"].Schema
			published.answers[path] = answer.ref()
		}
	}
	return published, nil
}
