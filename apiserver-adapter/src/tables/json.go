package main

import (
	"encoding/json"
	"strings"

	kjson "sigs.k8s.io/json"
)

// writeJSONVectors writes what the library that Kubernetes uses for JSON makes of texts that are easily got wrong.
func writeJSONVectors(folder string) error {
	texts := []string{"", " ", "{", "}", "[", "]", "{}", "[]", "{}x", "{} {}", "{a", "{\"a", "{\"a\"", "{\"a\" 1", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\":1 \"b\"", "{,}", "{1:2}", "[1", "[1,", "[1,]", "[,]", "[1 2]",
		"t", "tr", "trux", "true", "truex", "f", "falsy", "n", "nul", "nulx", "null", "-", "-a", "-1", "01", "1.", "1.a", "1.5", "1e", "1ea", "1e+", "1e+x", "1E5", "+1", ".5", "0", "-0", "0.0", "1e400", "0x1", "1_0", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e21", "1e20", "123456789012345678901234567890", "1.0", "1e-7", "0.000001", "100000000000000000000000", "1.7976931348623157e308", "0.1", "1.10",
		"\"", "\"a", "\"a\"", "\"\\", "\"\\x\"", "\"\\u\"", "\"\\u12\"", "\"\\u12", "[t", "[1,-", "\"\\u12g4\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"", "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\n\"", "\"\t\"", "\"\x00\"", "\"\x7f\"", "\"<>&\u2028\u2029\"", "\"\xff\"", "\"a\xc3\"", "\"😀\"",
		"'a'", "{'a':1}", "\u00e9", "\xff", "\x00", "{\"a\":1}\x00", "/", "//", "NaN", "Infinity", "\ufeff{}", "{\"a\":{\"b\":[1,{\"c\":null}]}}", "{\"b\":1,\"a\":2,\"b\":3}", " \t\r\n[ 1 , 2 ]\n", "[\v1]", "{\"\":0}",
		strings.Repeat("[", 100) + strings.Repeat("]", 100)}
	type read struct {
		Text  []byte `json:"text"`
		JSON  []byte `json:"json,omitempty"`
		Error string `json:"error,omitempty"`
	}
	var vectors []read
	for _, text := range texts {
		made := read{Text: []byte(text)}
		var tree any
		if err := kjson.UnmarshalCaseSensitivePreserveInts([]byte(text), &tree); err != nil {
			made.Error = err.Error()
		} else if made.JSON, err = json.Marshal(tree); err != nil {
			return err
		}
		vectors = append(vectors, made)
	}
	return writeVectorFile(folder, "json-read.json", vectors)
}
