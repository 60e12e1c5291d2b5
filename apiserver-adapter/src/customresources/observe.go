package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/cel/common"
)

type objectVectors struct {
	Schema  json.RawMessage `json:"schema"`
	Objects []objectVector  `json:"objects"`
}

type objectVector struct {
	// As a client sends it.
	Object json.RawMessage `json:"object"`
	// The paths of what is dropped.
	Unknown []string `json:"unknown,omitempty"`
	// Why it is not taken at all.
	Refused string `json:"refused,omitempty"`
	// As it is used.
	Result any      `json:"result,omitempty"`
	Errors []string `json:"errors,omitempty"`
	// What is wrong with it in place of the object before.
	UpdateErrors []string `json:"updateErrors,omitempty"`
}

type custom struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
}

func observeObjects(random *chooser, given object, objects int) (objectVectors, error) {
	text, err := json.Marshal(given)
	if err != nil {
		return objectVectors{}, err
	}
	if vector := observeDefinition(definitionWith(text)); len(vector.Errors) > 0 {
		return objectVectors{}, fmt.Errorf("invalid: %v", vector.Errors)
	}
	resource, err := compile(text)
	if err != nil {
		return objectVectors{}, err
	}
	vectors := objectVectors{Schema: text}
	var before any
	for len(vectors.Objects) < objects {
		value := random.objectOf(given, 12, 0).(object)
		if old, ok := before.(map[string]any); ok {
			for _, name := range append(names, "extra", "other") {
				if _, ok := old[name]; ok && random.chance(40) {
					value[name] = old[name]
				}
			}
		}
		value["apiVersion"], value["kind"], value["metadata"] = "example.com/v1", "Widget", object{"name": "a"}
		input, err := json.Marshal(value)
		if err != nil {
			return objectVectors{}, err
		}
		vector := resource.observe(input, before)
		// What depends on the order in which Go goes through a map tells nothing.
		steady := true
		for range 20 {
			steady = steady && reflect.DeepEqual(vector, resource.observe(input, before))
		}
		if !steady {
			continue
		}
		vectors.Objects = append(vectors.Objects, vector)
		if vector.Refused == "" {
			before = vector.Result
		}
	}
	return vectors, nil
}

func compile(text []byte) (custom, error) {
	var external v1.JSONSchemaProps
	if err := json.Unmarshal(text, &external); err != nil {
		return custom{}, err
	}
	var internal apiextensions.JSONSchemaProps
	if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&external, &internal, nil); err != nil {
		return custom{}, err
	}
	structural, err := schema.NewStructural(&internal)
	if err != nil {
		return custom{}, err
	}
	validator, _, err := validation.NewSchemaValidator(&internal)
	return custom{structural, validator}, err
}

func decode(text []byte) map[string]any {
	var value map[string]any
	if err := utiljson.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}

func (r custom) observe(input []byte, before any) objectVector {
	vector := objectVector{Object: input}
	value := decode(input)
	vector.Unknown = pruning.PruneWithOptions(value, r.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	defaulting.PruneNonNullableNullsWithoutDefaults(value, r.structural)
	err, unknown := objectmeta.CoerceWithOptions(nil, value, r.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		vector.Unknown, vector.Refused = nil, err.Error()
		return vector
	}
	vector.Unknown = append(vector.Unknown, unknown...)
	sort.Strings(vector.Unknown)
	defaulting.Default(value, r.structural)
	vector.Result = value

	vector.Errors = errors(validation.ValidateCustomResource(nil, value, r.validator), objectmeta.Validate(nil, value, r.structural, false),
		listtype.ValidateListSetsAndMaps(nil, r.structural, value))
	if old, ok := before.(map[string]any); ok {
		correlated := common.NewCorrelatedObject(value, old, &model.Structural{Structural: r.structural})
		found := []field.ErrorList{validation.ValidateCustomResourceUpdate(nil, value, old, r.validator, validation.WithRatcheting(correlated)),
			objectmeta.Validate(nil, value, r.structural, false)}
		if len(listtype.ValidateListSetsAndMaps(nil, r.structural, old)) == 0 {
			found = append(found, listtype.ValidateListSetsAndMaps(nil, r.structural, value))
		}
		vector.UpdateErrors = errors(found...)
	}
	return vector
}

// errors has them in alphabetic order: upstream's is that of maps.
func errors(lists ...field.ErrorList) []string {
	var all []string
	for _, list := range lists {
		for _, each := range list {
			all = append(all, string(each.Type)+" "+each.Error())
		}
	}
	sort.Strings(all)
	return all
}
