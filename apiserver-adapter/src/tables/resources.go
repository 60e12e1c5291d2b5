package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

type groupSet struct{ lines []string }

type apiResource struct {
	Name               string   `json:"name"`
	SingularName       string   `json:"singularName"`
	Namespaced         bool     `json:"namespaced"`
	Group              string   `json:"group"`
	Version            string   `json:"version"`
	Kind               string   `json:"kind"`
	Verbs              []string `json:"verbs"`
	ShortNames         []string `json:"shortNames"`
	Categories         []string `json:"categories"`
	StorageVersionHash string   `json:"storageVersionHash"`
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// readResources reads the discovery documents: the legacy ones, which have all there is to know, and the aggregated one,
// which must agree with them.
func readResources(folder string, published *openAPI) (*groupSet, error) {
	var groups struct {
		Groups []struct {
			Name     string
			Versions []struct{ GroupVersion, Version string }
		}
	}
	if err := readJSON(filepath.Join(folder, "apis.json"), &groups); err != nil {
		return nil, err
	}
	set := &groupSet{}
	set.lines = append(set.lines, "group")
	if err := set.version(folder, published, "", "v1", []string{"v1"}); err != nil {
		return nil, err
	}
	count := 0
	for _, group := range groups.Groups {
		set.lines = append(set.lines, "group "+group.Name)
		var versions []string
		for _, version := range group.Versions {
			versions = append(versions, version.Version)
		}
		for _, version := range versions {
			count++
			if err := set.version(folder, published, group.Name, version, versions); err != nil {
				return nil, err
			}
		}
	}
	fmt.Fprintf(os.Stderr, "resources: %d groups besides the core, %d versions of them\n", len(groups.Groups), count)
	return set, set.checkAggregated(folder)
}

func (set *groupSet) version(folder string, published *openAPI, group, version string, siblings []string) error {
	gv, file, root := version, "api__"+version+".json", "/api/"+version
	if group != "" {
		gv, file, root = group+"/"+version, "apis__"+group+"__"+version+".json", "/apis/"+group+"/"+version
	}
	var list struct{ Resources []apiResource }
	if err := readJSON(filepath.Join(folder, file), &list); err != nil {
		return err
	}
	set.lines = append(set.lines, " version "+version)
	for _, resource := range list.Resources {
		parent, sub, isSub := strings.Cut(resource.Name, "/")
		if isSub {
			line := fmt.Sprintf("   %s %s %s", sub, kindOf(resource), strings.Join(resource.Verbs, ","))
			if !set.under(parent) {
				line = fmt.Sprintf("   %s/%s %s %s", parent, sub, kindOf(resource), strings.Join(resource.Verbs, ","))
			}
			set.lines = append(set.lines, line)
			continue
		}
		words := []string{"  " + resource.Name, resource.SingularName, kindOf(resource), "cluster"}
		path := root + "/" + resource.Name
		if resource.Namespaced {
			words[3] = "namespaced"
			if published.answers[path] == "" {
				path = root + "/namespaces/{namespace}/" + resource.Name
			}
		}
		words = append(words, strings.Join(resource.Verbs, ","))
		if len(resource.ShortNames) > 0 {
			words = append(words, "short="+strings.Join(resource.ShortNames, ","))
		}
		if len(resource.Categories) > 0 {
			words = append(words, "in="+strings.Join(resource.Categories, ","))
		}
		if answer := published.answers[path]; answer != "" && baseOf(answer) != resource.Kind+"List" {
			words = append(words, "list="+baseOf(answer))
		}
		if hash := resource.StorageVersionHash; hash != "" {
			stored, err := storageVersion(hash, group, resource.Kind, siblings)
			if err != nil {
				return fmt.Errorf("%s %s: %w", gv, resource.Name, err)
			}
			words = append(words, "stored="+stored)
		}
		set.lines = append(set.lines, strings.Join(words, " "))
	}
	return nil
}

// under tells whether the last resource is that one: subresources follow their resource, but for odd ones.
func (set *groupSet) under(parent string) bool {
	for i := len(set.lines) - 1; i >= 0; i-- {
		if !strings.HasPrefix(set.lines[i], "   ") {
			return strings.HasPrefix(set.lines[i], "  "+parent+" ")
		}
	}
	return false
}

// kindOf is a kind, with its group and version if they are not those of the document.
func kindOf(resource apiResource) string {
	if resource.Version == "" {
		return resource.Kind
	}
	return strings.TrimPrefix(resource.Group+"/"+resource.Version+"/"+resource.Kind, "/")
}

// storageVersion finds the group and version that a hash was made of.
func storageVersion(hash, group, kind string, versions []string) (string, error) {
	candidates := append([]string{}, versions...)
	for _, group := range []string{group, "", "extensions"} {
		for _, version := range append(candidates, "v1", "v1beta1", "v1alpha1", "v2", "v2beta1") {
			sum := sha256.Sum256([]byte(group + "/" + version + "/" + kind))
			if base64.StdEncoding.EncodeToString(sum[:8]) == hash {
				return strings.TrimPrefix(group+"/"+version, "/"), nil
			}
		}
	}
	return "", fmt.Errorf("no version has the hash %s", hash)
}

func (set *groupSet) checkAggregated(folder string) error {
	var document struct {
		Items []struct {
			Metadata struct{ Name string }
			Versions []struct {
				Version, Freshness string
				Resources          []struct {
					Resource      string
					ResponseKind  gvk
					Scope         string
					Verbs         []string
					AcceptedTypes []gvk
					Subresources  []struct {
						Subresource   string
						ResponseKind  gvk
						AcceptedTypes []gvk
						Verbs         []string
					}
				}
			}
		}
	}
	if err := readJSON(filepath.Join(folder, "aggregated_v2.json"), &document); err != nil {
		return err
	}
	var theirs, ours []string
	for _, group := range document.Items {
		theirs = append(theirs, "group "+group.Metadata.Name)
		for _, version := range group.Versions {
			theirs = append(theirs, " version "+version.Version)
			if version.Freshness != "Current" {
				return fmt.Errorf("%s is %s", group.Metadata.Name, version.Freshness)
			}
			for _, resource := range version.Resources {
				theirs = append(theirs, fmt.Sprintf("  %s %s %s", resource.Resource, strings.ToLower(resource.Scope), strings.Join(resource.Verbs, ",")))
				for _, sub := range resource.Subresources {
					if len(sub.AcceptedTypes) > 0 {
						return fmt.Errorf("%s/%s accepts other types", resource.Resource, sub.Subresource)
					}
					kind := kindOf(apiResource{Group: sub.ResponseKind.Group, Version: sub.ResponseKind.Version, Kind: sub.ResponseKind.Kind})
					theirs = append(theirs, fmt.Sprintf("   %s %s %s", sub.Subresource, kind, strings.Join(sub.Verbs, ",")))
				}
			}
		}
	}
	core := true
	for _, line := range set.lines {
		if strings.HasPrefix(line, "group ") {
			core = false
		}
		if core {
			continue
		}
		if strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   ") {
			words := strings.Fields(line)
			line = fmt.Sprintf("  %s %s %s", words[0], words[3], words[4])
		}
		ours = append(ours, line)
	}
	if !reflect.DeepEqual(theirs, ours) {
		return fmt.Errorf("the aggregated document differs:\n%s\n---\n%s", strings.Join(theirs, "\n"), strings.Join(ours, "\n"))
	}
	return nil
}

func (set *groupSet) write(folder string) error {
	return writeLines(filepath.Join(folder, "resources.txt"), append([]string{strings.TrimSpace(origin)}, set.lines...))
}
