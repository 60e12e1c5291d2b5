package main

import (
	"context"
	"encoding/json"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apimachinery/pkg/runtime"
)

var scheme = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	return scheme
}()

type definitionVector struct {
	Definition json.RawMessage `json:"definition"`
	Errors     []string        `json:"errors,omitempty"`
	Panics     bool            `json:"-"`
}

func definitionWith(schema []byte) object {
	return object{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": object{"name": "widgets.example.com"},
		"spec": object{"group": "example.com", "scope": "Namespaced", "names": object{"plural": "widgets", "kind": "Widget"},
			"versions": list{object{"name": "v1", "served": true, "storage": true, "schema": object{"openAPIV3Schema": json.RawMessage(schema)}}}},
	}
}

func observeDefinition(given object) (vector definitionVector) {
	defer func() {
		// Upstream looks for a selectable field in a schema that is not there.
		if recover() != nil {
			vector.Panics = true
		}
	}()
	text, err := json.Marshal(given)
	if err != nil {
		panic(err)
	}
	var external v1.CustomResourceDefinition
	if err := json.Unmarshal(text, &external); err != nil {
		return definitionVector{Definition: text, Errors: []string{"unreadable: " + err.Error()}}
	}
	scheme.Default(&external)
	var internal apiextensions.CustomResourceDefinition
	if err := scheme.Convert(&external, &internal, nil); err != nil {
		panic(err)
	}
	return definitionVector{Definition: text, Errors: errors(validation.ValidateCustomResourceDefinition(context.Background(), &internal))}
}

// definition is a valid one with a few changes, most of which make it invalid.
func (c *chooser) definition() object {
	schema := c.structuralSchema(0)
	for _, keyword := range []string{"default", "additionalProperties", "nullable"} {
		delete(schema, keyword)
	}
	var all []object
	collect(schema, &all)
	for range c.Intn(3) {
		c.spoil(pick(c, all...))
	}
	text, err := json.Marshal(schema)
	if err != nil {
		panic(err)
	}
	given := definitionWith(text)
	spec := given["spec"].(object)
	version := spec["versions"].(list)[0].(object)
	if c.chance(30) {
		version["subresources"] = pick[any](c, object{"status": object{}}, object{"status": object{}, "scale": object{"specReplicasPath": ".spec.a", "statusReplicasPath": ".status.a"}},
			object{"scale": object{"specReplicasPath": "spec.a", "statusReplicasPath": ".spec.b", "labelSelectorPath": ".metadata.x"}}, object{"scale": object{}})
	}
	if c.chance(20) {
		version["additionalPrinterColumns"] = list{object{"name": pick(c, "A", ""), "type": pick(c, "string", "date", "x", ""), "format": pick(c, "", "int32", "x"),
			"jsonPath": pick(c, ".a", "a", ".", "")}}
	}
	if c.chance(20) {
		version["selectableFields"] = list{object{"jsonPath": pick(c, ".a", ".b.a", ".a", ".metadata.name", "a", ".", "", ".a[0]", ".zz")}, object{"jsonPath": pick(c, ".a", ".c", ".name")}}
	}
	if c.chance(15) {
		version["deprecated"], version["deprecationWarning"] = c.chance(70), pick(c, "old", "", "a\nb", "é\u00a0")
	}
	if c.chance(15) {
		other := object{"name": pick(c, "v2", "v1", "V3", "v1beta1"), "served": c.chance(80), "storage": c.chance(20), "schema": version["schema"]}
		if c.chance(50) {
			other["schema"] = object{"openAPIV3Schema": object{"type": "object", "description": "another"}}
		}
		if c.chance(50) {
			other["subresources"] = version["subresources"]
		}
		spec["versions"] = append(spec["versions"].(list), other)
	}
	if c.chance(10) {
		spec["names"] = pick[any](c, object{"plural": "widgets", "kind": "Wid_get"}, object{"plural": "widgets", "kind": "Widget", "listKind": "Widget"},
			object{"plural": "widgets", "kind": "Widget", "categories": list{"all", "B"}, "shortNames": list{"w", "w-"}}, object{"plural": "wid.gets", "kind": "Widget", "singular": "-"})
	}
	if c.chance(5) {
		spec["preserveUnknownFields"] = true
	}
	if c.chance(5) {
		spec["scope"] = pick(c, "", "Cluster", "cluster")
	}
	return given
}

// collect finds the schemas within a schema, which are objects that can be changed.
func collect(schema object, all *[]object) {
	*all = append(*all, schema)
	for _, name := range []string{"items", "additionalProperties", "not"} {
		if inner, ok := schema[name].(object); ok {
			collect(inner, all)
		}
	}
	for _, name := range []string{"allOf", "anyOf", "oneOf"} {
		if inner, ok := schema[name].(list); ok {
			for _, each := range inner {
				collect(each.(object), all)
			}
		}
	}
	if properties, ok := schema["properties"].(object); ok {
		for _, name := range keys(properties) {
			collect(properties[name].(object), all)
		}
	}
}

func (c *chooser) spoil(s object) {
	switch c.Intn(22) {
	case 0:
		delete(s, "type")
	case 1:
		s["type"] = pick(c, "string", "foo", "null", "array", "object")
	case 2:
		s["default"] = c.anything(1)
	case 3:
		s["nullable"] = true
	case 4:
		s["uniqueItems"] = true
	case 5:
		s[pick(c, "$ref", "id", "$schema")] = "x"
	case 6:
		s[pick(c, "definitions", "patternProperties")] = object{"a": object{}}
	case 7:
		s["dependencies"] = object{"a": list{"b"}}
	case 8:
		s["items"] = pick[any](c, list{object{"type": "string"}}, object{}, object{"type": "string"})
	case 9:
		s["additionalProperties"] = pick[any](c, true, false, object{"type": "string"})
	case 10:
		s["x-kubernetes-preserve-unknown-fields"] = c.chance(50)
	case 11:
		s["x-kubernetes-embedded-resource"] = true
	case 12:
		s["x-kubernetes-int-or-string"] = true
	case 13:
		s["x-kubernetes-list-type"] = pick(c, "map", "set", "atomic", "x")
	case 14:
		s["x-kubernetes-list-map-keys"] = pick[any](c, list{"a"}, list{"a", "a"}, list{"zz"}, list{})
	case 15:
		s["x-kubernetes-map-type"] = pick(c, "atomic", "granular", "x")
	case 16:
		s["pattern"] = pick(c, patterns...)
	case 17:
		s["description"], s["title"] = "d", "t"
	case 18:
		s["anyOf"] = pick[any](c, list{object{"type": "integer"}, object{"type": "string"}}, list{object{"required": list{"q"}, "properties": object{"q": object{}}}},
			list{object{"items": object{"maxLength": 1}}}, list{object{"additionalProperties": true, "nullable": true, "default": 1}})
	case 19:
		s["properties"] = pick[any](c, object{"metadata": object{"type": "object", "properties": object{"name": object{"type": "string"}}}},
			object{"metadata": object{"type": "string"}}, object{"kind": object{"type": "integer"}, "apiVersion": object{"type": "string"}},
			object{"metadata": object{"type": "object", "properties": object{"name": object{"type": "string", "default": "a/b"}, "labels": object{"type": "object"}}}}, object{})
	case 20:
		s["additionalItems"] = true
	case 21:
		s["enum"] = list{c.anything(2), "a"}
	}
}
