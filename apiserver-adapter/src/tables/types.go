package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"
	client "k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// Types whose JSON is not that of their fields. The program that reads the tables knows them by these words.
var special = map[string]string{
	"io.k8s.apimachinery.pkg.api.resource.Quantity":                                         "quantity",
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString":                                       "intOrString",
	"io.k8s.apimachinery.pkg.apis.meta.v1.Time":                                             "time",
	"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime":                                        "microTime",
	"io.k8s.apimachinery.pkg.apis.meta.v1.Duration":                                         "duration",
	"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1":                                         "fieldsV1",
	"io.k8s.apimachinery.pkg.runtime.RawExtension":                                          "rawExtension",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON":                         "json",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray":       "schemaOrArray",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool":        "schemaOrBool",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "schemaOrStrings",
}

// Not published, but sent in protobuf when a client asks for metadata only.
var unpublished = []any{meta.PartialObjectMetadata{}, meta.PartialObjectMetadataList{}}

type fieldRow struct {
	number    int // 0: not in protobuf
	name      string
	typ       string // as written, with package-qualified references
	leaf      reflect.Type
	shape     string // "", "[]" or "{}": what is around the leaf
	pointer   bool
	omitEmpty bool
	wrapped   bool // a list that protobuf wraps into a message

	required      bool
	defaultValue  string // as published, "" if none
	listType      string
	listKeys      []string
	mapType       string
	patchStrategy string
	patchKey      string
	described     bool
}

type embeddedRow struct {
	number int
	name   string
	before int // the position of the field that follows it
}

type typeRow struct {
	name      string
	published bool
	kind      bool
	anywhere  bool
	atomic    bool
	unions    string
	fields    []*fieldRow
	embedded  []embeddedRow
}

type typeSet struct {
	rows map[string]*typeRow
	goes map[string]reflect.Type
	// The group and version that the kinds of a package belong to.
	groupVersions map[string]string
}

type named interface{ OpenAPIModelName() string }

func definitionOf(t reflect.Type) string {
	if n, ok := reflect.Zero(t).Interface().(named); ok {
		return n.OpenAPIModelName()
	}
	return ""
}

func packageOf(definition string) string { return definition[:strings.LastIndexByte(definition, '.')] }
func baseOf(definition string) string    { return definition[strings.LastIndexByte(definition, '.')+1:] }

// collectTypes reads the Go types of everything that is published and what that embeds.
func collectTypes(published *openAPI) (*typeSet, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{client.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	reachable := map[string]reflect.Type{}
	for _, t := range scheme.AllKnownTypes() {
		reach(t, reachable)
	}
	for _, value := range append([]any{version.Info{}, meta.Patch{}, meta.Status{}, meta.DeleteOptions{}, meta.WatchEvent{},
		meta.APIGroupList{}, meta.APIResourceList{}, meta.APIVersions{}}, unpublished...) {
		reach(reflect.TypeOf(value), reachable)
	}
	set := &typeSet{map[string]*typeRow{}, reachable, map[string]string{}}
	for name := range published.definitions {
		if special[name] != "" {
			continue
		}
		if err := set.add(name); err != nil {
			return nil, err
		}
		set.rows[name].published = true
	}
	for _, value := range unpublished {
		if err := set.add(definitionOf(reflect.TypeOf(value))); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func reach(t reflect.Type, found map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		reach(t.Elem(), found)
	case reflect.Struct:
		name := definitionOf(t)
		if name == "" || found[name] != nil {
			return
		}
		found[name] = t
		if special[name] != "" {
			return
		}
		for i := range t.NumField() {
			reach(t.Field(i).Type, found)
		}
	}
}

func (set *typeSet) add(name string) error {
	if set.rows[name] != nil {
		return nil
	}
	t := set.goes[name]
	if t == nil {
		return fmt.Errorf("%s is published and has no Go type", name)
	}
	row := &typeRow{name: name}
	set.rows[name] = row
	for i := range t.NumField() {
		field := t.Field(i)
		jsonTag := strings.Split(field.Tag.Get("json"), ",")
		protoTag := strings.Split(field.Tag.Get("protobuf"), ",")
		if jsonTag[0] == "-" || !field.IsExported() {
			continue
		}
		number := 0
		if len(protoTag) > 1 {
			var err error
			if number, err = strconv.Atoi(protoTag[1]); err != nil {
				return fmt.Errorf("%s.%s: %w", name, field.Name, err)
			}
		}
		if field.Anonymous && jsonTag[0] == "" {
			if err := set.embed(row, field, number); err != nil {
				return err
			}
			continue
		}
		parsed, err := set.field(field, jsonTag, protoTag, number)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, field.Name, err)
		}
		row.fields = append(row.fields, parsed)
	}
	return nil
}

// embed adds a struct whose fields are written as if they were the outer one's. Protobuf has it as a message, but for
// TypeMeta, which it does not have at all.
func (set *typeSet) embed(row *typeRow, field reflect.StructField, number int) error {
	if number == 0 {
		if field.Type != reflect.TypeOf(meta.TypeMeta{}) {
			return fmt.Errorf("%s embeds %s without a number", row.name, field.Type)
		}
		for _, name := range []string{"kind", "apiVersion"} {
			row.fields = append(row.fields, &fieldRow{name: name, typ: "string", leaf: reflect.TypeOf(""), omitEmpty: true})
		}
		return nil
	}
	inner := definitionOf(field.Type)
	if inner == "" || field.Type.Kind() != reflect.Struct {
		return fmt.Errorf("%s embeds %s, which has no name", row.name, field.Type)
	}
	row.embedded = append(row.embedded, embeddedRow{number, inner, len(row.fields)})
	return set.add(inner)
}

func (set *typeSet) field(field reflect.StructField, jsonTag, protoTag []string, number int) (*fieldRow, error) {
	row := &fieldRow{name: jsonTag[0], number: number}
	for _, option := range jsonTag[1:] {
		switch option {
		case "omitempty", "omitzero":
			row.omitEmpty = true
		default:
			return nil, fmt.Errorf("unknown JSON option %q", option)
		}
	}
	t := field.Type
	if t.Kind() == reflect.Pointer {
		row.pointer = true
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
	case t.Kind() == reflect.Slice:
		row.shape, row.wrapped, t = "[]", isMessage(t), t.Elem()
	case t.Kind() == reflect.Map:
		row.shape = "{}"
		if t.Key().Kind() != reflect.String {
			return nil, fmt.Errorf("a map with %s as keys", t.Key())
		}
		t = t.Elem()
		if t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
			if row.shape, row.wrapped = "{}[]", isMessage(t); !row.wrapped {
				return nil, fmt.Errorf("a map with %s as values", t)
			}
			t = t.Elem()
		}
	}
	row.leaf = t
	// Of protobuf's tags only the numbers are to be trusted: what else they say is wrong in places and not used there.
	leaf, err := leafOf(t)
	if err != nil {
		return nil, err
	}
	row.typ = leaf
	// Maps and slices that are pointed at do not differ from ones that are not, in JSON and in protobuf.
	if row.shape != "" && row.pointer {
		return nil, fmt.Errorf("a pointer to %s", field.Type.Elem())
	}
	return row, nil
}

// isMessage tells whether protobuf wraps a list into a message with the field items = 1.
func isMessage(list reflect.Type) bool {
	_, found := reflect.PointerTo(list).MethodByName("Marshal")
	return found
}

// leafOf is what a type is called in the tables.
func leafOf(t reflect.Type) (string, error) {
	if name := definitionOf(t); t.Kind() == reflect.Struct && name != "" {
		if special[name] != "" {
			return special[name], nil
		}
		return name, nil
	}
	switch t.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "bool", nil
	case reflect.Int32:
		return "int32", nil
	case reflect.Int64, reflect.Int:
		return "int64", nil
	case reflect.Float64:
		return "double", nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes", nil
		}
	}
	return "", fmt.Errorf("unknown type %s", t)
}

// all are the fields of a type with those of what it embeds.
func (set *typeSet) all(row *typeRow) []*fieldRow {
	fields := append([]*fieldRow{}, row.fields...)
	for _, inner := range row.embedded {
		fields = append(fields, set.all(set.rows[inner.name])...)
	}
	return fields
}

// overlay adds what is published and not in the Go types, and fails where the two contradict each other.
func (set *typeSet) overlay(published *openAPI) error {
	names := make([]string, 0, len(published.definitions))
	for name := range published.definitions {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		definition, row := published.definitions[name], set.rows[name]
		if row == nil {
			continue
		}
		if err := set.overlayKinds(row, definition); err != nil {
			return err
		}
		row.atomic = definition.MapType == "atomic"
		if definition.Unions != nil {
			var compact bytes.Buffer
			if err := json.Compact(&compact, definition.Unions); err != nil {
				return err
			}
			row.unions = compact.String()
		}
		fields := set.all(row)
		if len(fields) != len(definition.Properties) {
			return fmt.Errorf("%s: %d fields in Go, %d published", name, len(fields), len(definition.Properties))
		}
		required := map[string]bool{}
		for _, field := range definition.Required {
			required[field] = true
		}
		for _, field := range fields {
			property := definition.Properties[field.name]
			if property == nil {
				return fmt.Errorf("%s: %s is not published", name, field.name)
			}
			if err := field.overlay(property, required[field.name]); err != nil {
				return fmt.Errorf("%s.%s: %w", name, field.name, err)
			}
		}
	}
	return nil
}

func (set *typeSet) overlayKinds(row *typeRow, definition *schema) error {
	for _, kind := range definition.Kinds {
		if kind.Kind != baseOf(row.name) {
			return fmt.Errorf("%s is the kind %s", row.name, kind.Kind)
		}
	}
	row.kind = len(definition.Kinds) > 0
	row.anywhere = len(definition.Kinds) > 1
	if len(definition.Kinds) == 1 {
		gv := strings.TrimPrefix(definition.Kinds[0].Group+"/"+definition.Kinds[0].Version, "/")
		if known := set.groupVersions[packageOf(row.name)]; known != "" && known != gv {
			return fmt.Errorf("%s belongs to %s and to %s", packageOf(row.name), known, gv)
		}
		set.groupVersions[packageOf(row.name)] = gv
	}
	return nil
}

func (field *fieldRow) overlay(property *schema, required bool) error {
	if len(property.Enum) > 0 || property.Items != nil && len(property.Items.Enum) > 0 {
		return fmt.Errorf("has a published enumeration, for which the tables have no room")
	}
	described := *field
	described.described, described.required = true, required
	described.listType, described.listKeys, described.mapType = property.ListType, property.ListMapKeys, property.MapType
	described.patchStrategy, described.patchKey = property.PatchStrategy, property.PatchMergeKey
	described.defaultValue = string(property.Default)
	if field.described && !reflect.DeepEqual(*field, described) {
		return fmt.Errorf("differs between the types that embed it")
	}
	*field = described
	inner := property
	switch field.shape {
	case "[]":
		inner = property.Items
	case "{}":
		inner = property.AdditionalProperties
	case "{}[]":
		inner = property.AdditionalProperties.Items
	}
	if inner == nil {
		return fmt.Errorf("published in another shape than %q", field.shape)
	}
	if field.shape != "" {
		if want := usualDefault(field.leaf); string(inner.Default) != want {
			return fmt.Errorf("the default of its elements is %q, expected %q", inner.Default, want)
		}
	}
	if ref := inner.ref(); ref != "" && ref != field.typ && special[ref] != field.typ {
		return fmt.Errorf("published as %s, in Go %s", ref, field.typ)
	}
	return nil
}

// usualDefault is the published default of a value that Go always writes.
func usualDefault(leaf reflect.Type) string {
	switch leaf.Kind() {
	case reflect.String:
		return `""`
	case reflect.Bool:
		return "false"
	case reflect.Int32, reflect.Int64, reflect.Int, reflect.Float64:
		return "0"
	case reflect.Struct:
		if special[definitionOf(leaf)] == "" {
			return "{}"
		}
	}
	return ""
}

// shownDefault is the part of a published default that does not follow from the field's type.
func (field *fieldRow) shownDefault() string {
	usual := ""
	if field.shape == "" && !field.pointer && (!field.omitEmpty || field.leaf.Kind() == reflect.Struct) {
		usual = usualDefault(field.leaf)
	}
	switch {
	case field.defaultValue == usual:
		return ""
	case field.defaultValue == "":
		return "none"
	default:
		var value any
		if err := json.Unmarshal([]byte(field.defaultValue), &value); err != nil {
			panic(err)
		}
		compact, _ := json.Marshal(value)
		return string(compact)
	}
}
