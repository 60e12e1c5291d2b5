package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// The schema that clients use for server-side apply.
type mergeType struct {
	Scalar    string     `json:"scalar"`
	NamedType string     `json:"namedType"`
	Relation  string     `json:"elementRelationship"`
	Map       *mergeMap  `json:"map"`
	List      *mergeList `json:"list"`
}

type mergeMap struct {
	Fields []struct {
		Name    string    `json:"name"`
		Type    mergeType `json:"type"`
		Default any       `json:"default"`
	} `json:"fields"`
	ElementType *mergeType `json:"elementType"`
	Relation    string     `json:"elementRelationship"`
}

type mergeList struct {
	ElementType mergeType `json:"elementType"`
	Relation    string    `json:"elementRelationship"`
	Keys        []string  `json:"keys"`
}

func readMergeSchema(file string) (map[string]mergeType, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	_, text, found := strings.Cut(string(content), "typed.YAMLObject(`")
	if !found {
		return nil, fmt.Errorf("%s holds no schema", file)
	}
	text, _, _ = strings.Cut(text, "`)")
	var schema struct {
		Types []struct {
			Name string `json:"name"`
			mergeType
		} `json:"types"`
	}
	if err := yaml.Unmarshal([]byte(text), &schema); err != nil {
		return nil, err
	}
	types := map[string]mergeType{}
	for _, each := range schema.Types {
		types[each.Name] = each.mergeType
	}
	return types, nil
}

// topology is how server-side apply treats a field, as it follows from what is written to the tables: the same rule as
// that of the program that reads them.
func (field *fieldRow) topology() (string, []string) {
	if field.shape != "[]" {
		return "", nil
	}
	switch {
	case field.listType == "map":
		return "map", field.listKeys
	case field.listType != "":
		return field.listType, nil
	case strings.Contains(field.patchStrategy, "merge") && field.patchKey != "":
		return "map", []string{field.patchKey}
	case strings.Contains(field.patchStrategy, "merge"):
		return "set", nil
	}
	return "atomic", nil
}

// compare checks the tables against the schema of clients: they are two publications of the same rules.
func (set *typeSet) compare(merge map[string]mergeType) error {
	var differences []string
	report := func(format string, values ...any) { differences = append(differences, fmt.Sprintf(format, values...)) }
	compared, lists := 0, 0
	for name, row := range set.rows {
		theirs, found := merge[name]
		if !found || !row.published {
			continue
		}
		compared++
		if theirs.Map == nil {
			report("%s is no map", name)
			continue
		}
		if atomic := theirs.Map.Relation == "atomic"; atomic != row.atomic {
			report("%s: atomic %v, here %v", name, atomic, row.atomic)
		}
		ours := map[string]*fieldRow{}
		for _, field := range set.all(row) {
			ours[field.name] = field
		}
		for _, field := range theirs.Map.Fields {
			mine := ours[field.Name]
			if mine == nil {
				report("%s: no %s", name, field.Name)
				continue
			}
			if field.Type.List != nil {
				lists++
				topology, keys := mine.topology()
				theirTopology := field.Type.List.Relation
				if theirTopology == "associative" {
					theirTopology = "set"
					if len(field.Type.List.Keys) > 0 {
						theirTopology = "map"
					}
				}
				if theirTopology != topology || !reflect.DeepEqual(field.Type.List.Keys, keys) {
					report("%s.%s: %s %v, here %s %v", name, field.Name, theirTopology, field.Type.List.Keys, topology, keys)
				}
			} else if mine.shape == "[]" {
				report("%s.%s is no list", name, field.Name)
			}
			if m := field.Type.Map; m != nil && (m.Relation == "atomic") != (mine.mapType == "atomic") {
				report("%s.%s: map %s, here %s", name, field.Name, m.Relation, mine.mapType)
			}
			if field.Type.NamedType != "" && (field.Type.Relation == "atomic") != (mine.mapType == "atomic") {
				report("%s.%s: reference %s, here %s", name, field.Name, field.Type.Relation, mine.mapType)
			}
			if field.Default != nil {
				text, _ := yaml.Marshal(field.Default)
				var value any
				_ = yaml.Unmarshal([]byte(mine.defaultValue), &value)
				if here, _ := yaml.Marshal(value); string(here) != string(text) {
					report("%s.%s: default %s, here %s", name, field.Name, text, mine.defaultValue)
				}
			}
		}
	}
	fmt.Fprintf(os.Stderr, "compared with the schema for apply: %d types, %d lists\n", compared, lists)
	sort.Strings(differences)
	if len(differences) > 0 {
		return fmt.Errorf("the schema for apply differs:\n%s", strings.Join(differences, "\n"))
	}
	return nil
}
