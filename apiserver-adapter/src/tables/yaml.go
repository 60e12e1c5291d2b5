package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// writeYAMLVectors writes what the library that Kubernetes uses for YAML makes of trees and texts that are easily got wrong.
func writeYAMLVectors(folder string) error {
	words := strings.Fields(`y Y yes n no on off true True TRUE false null Null NULL ~ tRue yEs nan .nan .inf -.inf +.inf .INF
		0 1 -1 +1 007 010 08 0o10 0x1F 0X1f 0b11 0B1 -0b11 -0x1f 1_000 1__0 _1 1_ 1.0 1. .5 -.5 +.5 ._5 .5_0 1e3 1E3 1e+3 1.5e3 1e400 -1e400 1e-400 1e21 123456.5 1234567.5 1.10 0.00001
		9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 +9223372036854775808
		12:30 12:30:45 1:1 190:20:30 1:60 2001-01-01 2001-13-01 2001-1-1 2001-02-30 2001-01-01T00:00:00Z 2001-1-1t1:2:3.4+05:00 2001-01-01T00:00:00
		- -- --- ... -a ? ?a : :a a:b a: a:: # a# #a & &a * *a ! !a | > % @ , [ ] { } [a] {a} << = 'a "a a'b a"b \a a\b $a (a) 1a a1 é ü 日本 x,y x[y]`)
	words = append(words, "", " ", "  ", " a", "a ", "a b", "a  b", "a: b", "a : b", "a :b", "a #b", "a# b", "- a", "? a", ": a", "--- a", "...", "---a",
		"\n", "\n\n", "a\n", "a\n\n", "a\nb", "a\nb\n", "a\nb\n\n", "\na", " a\nb", "a \nb", "a\n b", "a\n b\n", "a\n\nb\n", "a\tb", "\ta", "a\t", "a\r\nb", "\r",
		"\u00a0", "\ufeff", "\ufeffab", "a\ufeff", "😀", "a 😀 b", "\x00", "\x07\x08\x0b\x0c\x1b", "\x7f", "\u0080", "\uffff", "\\n", "a\\b", "\"", "'", "''", "it's", "\"a\"", "a\nb: c\n", "#a\nb", "a\n#b\n",
		strings.Repeat("word ", 30)+"end", strings.Repeat("word  ", 30)+"end", strings.Repeat("x", 100)+" "+strings.Repeat("y", 100), "'"+strings.Repeat("word ", 30), strings.Repeat("wörd ", 30)+": end", strings.Repeat("\"w\" ", 40)+"\t", "\t"+strings.Repeat("w  ", 60)+"e",
		strings.Repeat("long line in a block ", 10)+"\n"+strings.Repeat("another ", 20)+"\n")
	trees := []any{nil, true, 1, "a", "", []any{}, map[string]any{}, []any{[]any{}}, []any{[]any{1, []any{2, 3}}, map[string]any{"a": 1, "b": []any{1}}}, "s\nt\n", "s\nt", "s\n\n",
		map[string]any{"a": map[string]any{"b": map[string]any{}, "c": []any{}}, "d": []any{map[string]any{"e": []any{1, 2}}, "x\ny", nil}},
		map[string]any{"a": "x\n", "b": "x\n\n", "c": "x", "d": []any{"x\n", "y\n\n", "z"}, "e": " x\ny\n"},
		map[string]any{"f": 1.5, "g": 1e21, "h": 1e-7, "i": 123456789.125, "j": 100000.0, "k": -0.5, "l": 12345678901234567890.0},
		map[string]any{"a10": 1, "a2": 1, "a": 1, "A": 1, "b-1": 1, "b1": 1, "b_1": 1, "1": 1, "10": 1, "2": 1, "01": 1, "": 1, ".": 1, "a.b": 1, "a/b": 1, "ab": 1, "é": 1},
	}
	for _, word := range words {
		trees = append(trees, map[string]any{"v": word, "w": []any{word}}, map[string]any{word: 1})
	}
	type written struct {
		JSON any    `json:"json"`
		YAML string `json:"yaml"`
	}
	var out []written
	for _, tree := range trees {
		text, err := yaml.Marshal(tree)
		if err != nil {
			// The library reads its own JSON as YAML, which some strings do not survive.
			continue
		}
		out = append(out, written{tree, string(text)})
	}
	if err := writeVectorFile(folder, "yaml-written.json", out); err != nil {
		return err
	}
	texts := []string{"a: [", "a: {", "a: ]", "[a, b", "{a: b", "a: 'b", "a: \"b", "a: \"\\q\"", "a: \"\\x4\"", "a: b\n c: d", "a: b\n  - c", "- a\nb: c", "a:\n- b\n c", "a: &x [*x]", "a: *x", "a: &x b\nc: *x\nd: *x",
		"a: !!int x", "a: !!int 1.5", "a: !!float 1", "a: !!bool 1", "a: !!null x", "a: !!str 1", "a: !!binary YWI=", "a: !!binary Y", "a: !foo 1", "a: ! 1", "a: !!foo 1", "a: !!timestamp x", "a: !!timestamp 2001-01-01",
		"<<: {a: 1}\nb: 2", "x: &x {a: 1, b: 1}\ny: &y {b: 2}\nz:\n  <<: *x\n  b: 3", "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  d: 4", "z:\n  <<: 1", "z:\n  <<: [1]", "\"<<\": {a: 1}",
		"a: 1\na: 2", "a: 1\nb: 2\na: 3\nb: 4", "{a: 1, a: 2}", "a:\n  b: 1\n  b: 2\na: 3", "? [a]\n: b", "? {a: 1}\n: b", "? a\n: b", "? a", "~: 1", "1.5: a\n1e3: b\n.inf: c", "9223372036854775808: a", "true: a\ny: b",
		"a: 1\n--- \nb: 2", "--- a", "---\n...\n", "%YAML 1.1\n---\na: 1", "%YAML 1.2\n---\na: 1", "%FOO\n---\na: 1", "%TAG ! tag:x,2000:\n---\na: !y z", "a: 1\n...\nb: 2", "# only a comment", "a: 1 # comment", "a: b#c", "a: |\n  x\n  y\n", "a: |-\n  x\n", "a: |+\n  x\n\n", "a: |2\n   x\n", "a: >\n  x\n  y\n\n  z\n", "a: >-\n  x\n  y",
		"a: |\n x\n  y\n", "a: |0\n x", "a:\tb", "a: b\tc", "\ta: b", "a:\n\t- b", "a: @b", "a: `b", "a: %b", "a: b: c", "a: [b: c]", "a: [b: c, d]", "a: {b, c}", "a: {b: c,}", "a: [b,]", "a: [,]", "a: {,}", "a: {b:c}", "a: {\"b\":c}", "a: [a:b]", "a : b", "a:b", "a", "- a\n- b", "-a", "- - a\n  - b", "-\n  a: 1\n-\n  b: 2", "a:\n- b\n- c\nd: e", "a:\n  - b\n d: e",
		"a: x\n  y\n  z", "a: 'x\n  y\n\n  z'", "a: \"x\n  y\\\n  z\"", "a: \"\\u00e9\\U0001F600\\x41\\t\\e\\0\\N\\_\\L\\P\\/\"", "a: \"\\ud800\"", "a: ''", "a: 'it''s'", "a: \"\"", "a:", "a: \nb:", "\"a\": 1", "'a': 1", "a b: c", "a: b c", "? a\n? b", "!!map {a: 1}", "!!set {a, b}", "!!omap [a: 1]", "&x a: 1\n*x : 2", "a: &x\nb: *x", "a: &x 1\nb: &x 2\nc: *x",
		"a: \x00", "a: \x01b", "a: \x7f", "a: \xff", "\xfe\xff\x00a\x00:\x00 \x001", "\xef\xbb\xbfa: 1", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2", "{\"a\":1,\"b\":[true,null,\"x\\/y\"]}", "{\"a\":1,\"a\":2}", "a: 2001-12-14t21:59:43.10-05:00", "a: 0x", "a: 0b2", "a: 0o8", "a: -", "a: +", "a: --1", "a: 1e", "a: 1e+", "a: 0.1.2", "a: 1,000",
		"a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100)}
	for _, word := range words {
		if !strings.ContainsAny(word, "\n\r") {
			texts = append(texts, "v: "+word, word+": 1")
		}
	}
	type read struct {
		YAML        []byte          `json:"yaml"`
		JSON        json.RawMessage `json:"json,omitempty"`
		Error       string          `json:"error,omitempty"`
		StrictError string          `json:"strictError,omitempty"`
	}
	var in []read
	for _, text := range texts {
		made := read{YAML: []byte(text)}
		tree, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			made.Error = err.Error()
		} else {
			made.JSON = tree
		}
		if _, err := yaml.YAMLToJSONStrict([]byte(text)); err != nil {
			made.StrictError = err.Error()
		}
		in = append(in, made)
	}
	return writeVectorFile(folder, "yaml-read.json", in)
}

func writeVectorFile[T any](folder, name string, vectors []T) error {
	var text strings.Builder
	text.WriteString("[\n")
	for i, each := range vectors {
		line, err := json.Marshal(each)
		if err != nil {
			return err
		}
		text.Write(line)
		if i < len(vectors)-1 {
			text.WriteString(",")
		}
		text.WriteString("\n")
	}
	text.WriteString("]\n")
	return os.WriteFile(filepath.Join(folder, name), []byte(text.String()), 0o644)
}
