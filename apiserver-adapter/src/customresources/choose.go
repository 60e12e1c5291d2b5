package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
)

type object = map[string]any
type list = []any

// chooser makes schemas, values for them and definitions, some of them wrong.
type chooser struct{ *rand.Rand }

func (c *chooser) chance(percent int) bool { return c.Intn(100) < percent }

func pick[T any](c *chooser, from ...T) T { return from[c.Intn(len(from))] }

var names = []string{"a", "b", "c", "name", "kind", "metadata", "x-y"}

var formats = []string{"date-time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5",
	"byte", "uri", "hexcolor", "rgbcolor", "ssn", "creditcard", "isbn", "isbn10", "isbn13", "password", "bsonobjectid", "k8s-short-name", "k8s-long-name",
	"nonsense", "int32", "double"}

var texts = []string{"", "a", "ab", "abc", "abcd", "é", "日本語", "A1", "1", "a.b", "-a", "a\n", "a\"b\\", "<&>", "\u00a0", "😀😀", "true",
	"2020-02-29T12:00:00Z", "2020-02-29", "2021-02-29", "2020-13-01", "2020-01-01t00:00:00.5+01:00", "2020-01-01T24:00:00Z", "0000-01-01",
	"1h30m", "5s", "1.5h", "-3ms", "2 days", "1d", "5x", ".5s", "1h2", "3 weekss", "10 H", "99999999999999999999 s",
	"a@b.c", "Jo <a@b>", "a@", "a b@c", "\"a b\"@c", "a@b (x)", "a..b@c", "a@[1.2.3.4]",
	"localhost", "a.com", "a_b.com", "1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.256", "::1", "::", "1::2::3", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "fe80::1%eth0",
	"1.2.3.0/24", "1.2.3.4/33", "::/128", "::/129", "1.2.3.4/", "01.2.3.4/8", "00:11:22:33:44:55", "00-11-22-33-44-55", "0011.2233.4455", "00:11:22:33:44", "00:00:5e:00:53:01:00:00",
	"123e4567-e89b-12d3-a456-426614174000", "123e4567e89b42d3a456426614174000", "123E4567-E89B-32D3-A456-426614174000", "123e4567-e89b-52d3-c456-426614174000",
	"YQ==", "YQ=", "Y+/=", "YWJj", "http://a/b", "https://a:80/?q#f", "http://a b/", "/a", "a/b", "mailto:a", "http://[::1]:8080", "http://a:b", "http://%zz/", "::", "*", "http://u:p@h/", "1http://x",
	"#fff", "ffffff", "#ff", "rgb(1,2,3)", "rgb(1, 22 ,255)", "rgb(256,0,0)", "123-45-6789", "123456789", "4111111111111111", "4111 1111 1111 1111", "4111111111111112",
	"0-306-40615-2", "978-0-306-40615-7", "030640615X", "9780306406158", "507f1f77bcf86cd799439011", "507f1f77bcf86cd79943901g"}

var patterns = []string{"^[a-z]+$", "a|b", "^.{2,3}$", "\\d", "^\\p{L}*$", "(?i)ABC", "[", "a{1001}", "(?=a)", "\\w+\\s?", "^(a|b)*c$", "(?P<n>a)"}

// structuralSchema is mostly valid.
func (c *chooser) structuralSchema(depth int) object {
	kind := pick(c, "object", "object", "object", "array", "array", "string", "string", "integer", "number", "boolean", "intOrString", "any")
	if depth == 0 {
		kind = "object"
	}
	if depth >= 3 && (kind == "object" || kind == "array") {
		kind = "string"
	}
	s := object{}
	if kind != "intOrString" && kind != "any" {
		s["type"] = kind
	}
	if c.chance(15) {
		s["nullable"] = true
	}
	switch kind {
	case "object":
		c.objectSchema(s, depth)
	case "array":
		c.arraySchema(s, depth)
	case "string":
		c.stringSchema(s)
	case "integer", "number":
		c.numberSchema(s, kind)
	case "intOrString":
		s["x-kubernetes-int-or-string"] = true
		if c.chance(30) {
			s["pattern"] = "^[0-9]+%$"
		}
		if c.chance(30) {
			s["maximum"] = 10
		}
	case "any":
		s["x-kubernetes-preserve-unknown-fields"] = true
	}
	if c.chance(12) {
		c.junctors(s, kind)
	}
	if c.chance(10) && kind != "object" && kind != "array" {
		var values list
		for range c.Intn(3) + 1 {
			values = append(values, c.valueOf(object{"type": s["type"]}, 0, 0))
		}
		s["enum"] = values
	}
	if c.chance(15) && depth > 0 {
		s["default"] = c.valueOf(s, 3, 2)
	}
	return s
}

func (c *chooser) objectSchema(s object, depth int) {
	switch c.Intn(10) {
	case 0:
		s["additionalProperties"] = c.structuralSchema(depth + 1)
		if c.chance(20) {
			s["additionalProperties"] = c.chance(50)
		}
	case 1:
		if depth > 0 && c.chance(50) {
			s["x-kubernetes-embedded-resource"] = true
			s["x-kubernetes-preserve-unknown-fields"] = true
		}
	default:
		properties := object{}
		for range c.Intn(4) + 1 {
			name := pick(c, names...)
			if depth > 0 && name == "metadata" && c.chance(90) {
				continue
			}
			if depth == 0 && (name == "kind" || name == "metadata") {
				continue
			}
			properties[name] = c.structuralSchema(depth + 1)
		}
		s["properties"] = properties
		if c.chance(25) {
			s["required"] = list{pick(c, names[:4]...)}
		}
		if c.chance(15) && depth > 0 {
			s["x-kubernetes-preserve-unknown-fields"] = true
		}
	}
	if c.chance(10) {
		s["minProperties"] = c.Intn(3)
	}
	if c.chance(10) {
		s["maxProperties"] = c.Intn(3)
	}
	if c.chance(5) {
		s["x-kubernetes-map-type"] = pick(c, "atomic", "granular")
	}
}

func (c *chooser) arraySchema(s object, depth int) {
	switch c.Intn(4) {
	case 0:
		item := object{"type": "object", "properties": object{"k": object{"type": "string", "default": "K"}, "v": c.structuralSchema(depth + 1), "n": object{"type": "integer"}}}
		s["items"] = item
		s["x-kubernetes-list-type"] = "map"
		s["x-kubernetes-list-map-keys"] = list{"k"}
		if c.chance(40) {
			item["required"] = list{"n"}
			s["x-kubernetes-list-map-keys"] = list{"k", "n"}
		}
	case 1:
		s["items"] = object{"type": pick(c, "string", "integer", "number")}
		s["x-kubernetes-list-type"] = "set"
	default:
		s["items"] = c.structuralSchema(depth + 1)
		if c.chance(20) {
			s["x-kubernetes-list-type"] = "atomic"
		}
	}
	if c.chance(15) {
		s["minItems"] = c.Intn(3)
	}
	if c.chance(15) {
		s["maxItems"] = c.Intn(3)
	}
}

func (c *chooser) stringSchema(s object) {
	if c.chance(45) {
		s["format"] = pick(c, formats...)
	}
	if c.chance(15) {
		s["minLength"] = c.Intn(4)
	}
	if c.chance(15) {
		s["maxLength"] = c.Intn(4)
	}
	if c.chance(15) {
		s["pattern"] = pick(c, patterns[:6]...)
	}
}

func (c *chooser) numberSchema(s object, kind string) {
	if c.chance(25) {
		s["format"] = pick(c, "int32", "int64", "float", "double", "uint8")
	}
	bound := func() any {
		return pick[any](c, 0, 1, 3, -2, 2.5, 1e3, 0.1)
	}
	if c.chance(25) {
		s["minimum"] = bound()
		s["exclusiveMinimum"] = c.chance(30)
	}
	if c.chance(25) {
		s["maximum"] = bound()
		s["exclusiveMaximum"] = c.chance(30)
	}
	if c.chance(20) {
		s["multipleOf"] = pick[any](c, 2, 3, 0.5, 0.1, 1.5)
	}
}

func (c *chooser) junctors(s object, kind string) {
	for _, junctor := range []string{"anyOf", "oneOf", "allOf"} {
		if c.chance(40) {
			var alternatives list
			for range c.Intn(3) + 1 {
				alternatives = append(alternatives, c.nested(s, kind))
			}
			s[junctor] = alternatives
		}
	}
	if c.chance(20) {
		s["not"] = c.nested(s, kind)
	}
}

// nested says which values there may be, and nothing of types.
func (c *chooser) nested(s object, kind string) object {
	n := object{}
	switch kind {
	case "object":
		if properties, ok := s["properties"].(object); ok && len(properties) > 0 {
			n["required"] = list{pick(c, keys(properties)...)}
			if c.chance(40) {
				name := pick(c, keys(properties)...)
				property := properties[name].(object)
				inner, _ := property["type"].(string)
				if inner == "string" || inner == "integer" {
					n["properties"] = object{name: c.nested(property, inner)}
				}
			}
		} else {
			n["minProperties"] = c.Intn(3)
		}
	case "array":
		n["maxItems"] = c.Intn(3)
	case "string":
		c.stringSchema(n)
	default:
		c.numberSchema(n, kind)
		delete(n, "format")
	}
	return n
}

// valueOf is mostly one that fits: odd is how many of a hundred do not.
func (c *chooser) valueOf(s object, odd, depth int) any {
	if c.chance(odd) {
		return c.anything(depth)
	}
	if s["nullable"] == true && c.chance(15) || c.chance(odd/3) {
		return nil
	}
	if values, ok := s["enum"].(list); ok && c.chance(70) {
		return pick(c, values...)
	}
	kind, _ := s["type"].(string)
	if s["x-kubernetes-int-or-string"] == true {
		kind = pick(c, "integer", "string")
	}
	switch kind {
	case "object":
		return c.objectOf(s, odd, depth)
	case "array":
		items, _ := s["items"].(object)
		values := list{}
		for range c.Intn(4) {
			values = append(values, c.valueOf(items, odd, depth+1))
			if c.chance(20) {
				values = append(values, values[len(values)-1])
			}
		}
		return values
	case "string":
		return pick(c, texts...)
	case "integer":
		return pick[any](c, 0, 1, 2, 3, 6, -1, 5, json.RawMessage("2.0"), json.RawMessage("1e2"), 3000000000, 9007199254740993)
	case "number":
		return pick[any](c, 0, 1, 1.5, 2.5, 0.3, -2.25, 1e21, 3, 1e-7, 3.5e38)
	case "boolean":
		return c.chance(50)
	}
	return c.anything(depth)
}

func (c *chooser) objectOf(s object, odd, depth int) any {
	value := object{}
	properties, _ := s["properties"].(object)
	for _, name := range keys(properties) {
		if c.chance(75) {
			value[name] = c.valueOf(properties[name].(object), odd, depth+1)
		}
	}
	if additional, ok := s["additionalProperties"].(object); ok {
		for range c.Intn(3) {
			value[pick(c, "a", "b", "key.with/slash")] = c.valueOf(additional, odd, depth+1)
		}
	}
	if c.chance(odd) || s["x-kubernetes-preserve-unknown-fields"] == true {
		value[pick(c, "extra", "other", "apiVersion")] = c.anything(depth + 1)
	}
	if s["x-kubernetes-embedded-resource"] == true && c.chance(90) {
		value["apiVersion"] = pick[any](c, "v1", "apps/v1", "a/b/c", "")
		value["kind"] = pick[any](c, "Pod", "Pod", "9", "", "podKind", 5)
		if c.chance(70) {
			value["metadata"] = pick[any](c, object{"name": "n"}, object{"name": "a/b"}, object{"labels": object{"a b": "c"}}, object{"name": "x", "namespace": "N"},
				object{"bogus": 1, "name": "x"}, object{"labels": object{"a": 1}}, 5, object{"name": nil, "labels": object{"a": nil}, "finalizers": list{nil}}, object{"annotations": object{"A/B": "1"}, "creationTimestamp": nil, "generation": 0}, object{"finalizers": list{"a", "b c"}},
				object{"ownerReferences": list{object{"apiVersion": "v1", "kind": "", "name": "n", "uid": "u"}}}, object{})
		}
	}
	return value
}

func (c *chooser) anything(depth int) any {
	switch n := c.Intn(9); {
	case n < 2 && depth < 3:
		value := object{}
		for range c.Intn(3) {
			value[pick(c, names...)] = c.anything(depth + 1)
		}
		return value
	case n == 2 && depth < 3:
		return list{c.anything(depth + 1), c.anything(depth + 1)}
	case n < 5:
		return pick(c, texts...)
	case n == 5:
		return pick[any](c, 1, 0, 1.5, -7, json.RawMessage("100.0"), 1e300)
	case n == 6:
		return nil
	default:
		return c.chance(50)
	}
}

func keys(m object) []string {
	var all []string
	for _, name := range append(append([]string{}, names...), "k", "v", "n") {
		if _, ok := m[name]; ok {
			all = append(all, name)
		}
	}
	if len(all) != len(m) {
		panic(fmt.Sprint("an unexpected name in ", m))
	}
	return all
}
