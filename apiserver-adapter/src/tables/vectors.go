package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	apps "k8s.io/api/apps/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// writeVectors writes a few objects as the Kubernetes libraries write them, in JSON and in protobuf. What the libraries
// leave out of neither, but nobody set, is taken out of the JSON: null and empty objects.
func writeVectors(folder string) error {
	moment := meta.NewTime(time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC))
	micro := meta.NewMicroTime(time.Date(2026, 2, 3, 4, 5, 6, 7008000, time.UTC))
	no, yes, none, three := false, true, int32(0), int32(3)
	lower, empty, half := 1.0, "", 0.5
	kind := func(apiVersion, kind string) meta.TypeMeta { return meta.TypeMeta{APIVersion: apiVersion, Kind: kind} }
	schema := &apiextensions.JSONSchemaProps{Type: "object", Minimum: &lower, MultipleOf: &half, Nullable: true,
		Default: &apiextensions.JSON{Raw: []byte(`{"a":[1,null]}`)},
		Enum:    []apiextensions.JSON{{Raw: []byte(`"x"`)}, {Raw: []byte(`2`)}},
		Properties: map[string]apiextensions.JSONSchemaProps{
			"b": {Items: &apiextensions.JSONSchemaPropsOrArray{Schema: &apiextensions.JSONSchemaProps{Type: "string"}}},
			"a": {AdditionalProperties: &apiextensions.JSONSchemaPropsOrBool{Allows: true}},
			"c": {AdditionalProperties: &apiextensions.JSONSchemaPropsOrBool{}},
			"d": {AdditionalProperties: &apiextensions.JSONSchemaPropsOrBool{Allows: true, Schema: &apiextensions.JSONSchemaProps{Type: "integer"}}},
			"é": {Items: &apiextensions.JSONSchemaPropsOrArray{JSONSchemas: []apiextensions.JSONSchemaProps{{Type: "string"}, {Type: "null"}}}},
		},
		Dependencies: apiextensions.JSONSchemaDependencies{"x": {Property: []string{"y", "z"}}},
	}
	objects := []runtime.Object{
		&core.ConfigMap{TypeMeta: kind("v1", "ConfigMap"), ObjectMeta: meta.ObjectMeta{Name: "c", Labels: map[string]string{"b": "", "a": "1"}},
			Data: map[string]string{"k": "v"}, BinaryData: map[string][]byte{"z": {0, 255}, "y": {}}, Immutable: &no},
		&apps.Deployment{TypeMeta: kind("apps/v1", "Deployment"), ObjectMeta: meta.ObjectMeta{Name: "d", CreationTimestamp: moment},
			Spec: apps.DeploymentSpec{Replicas: &none, Selector: &meta.LabelSelector{},
				Template: core.PodTemplateSpec{Spec: core.PodSpec{
					Volumes: []core.Volume{{Name: "v", VolumeSource: core.VolumeSource{EmptyDir: &core.EmptyDirVolumeSource{}}}},
					Containers: []core.Container{{Name: "c", Image: "i", Ports: []core.ContainerPort{{ContainerPort: 80}},
						Resources: core.ResourceRequirements{Limits: core.ResourceList{"cpu": resource.MustParse("250m")}},
						LivenessProbe: &core.Probe{ProbeHandler: core.ProbeHandler{HTTPGet: &core.HTTPGetAction{Port: intstr.FromString("http")}},
							TerminationGracePeriodSeconds: new(int64)},
						Env: []core.EnvVar{{Name: "E", ValueFrom: &core.EnvVarSource{SecretKeyRef: &core.SecretKeySelector{
							LocalObjectReference: core.LocalObjectReference{Name: "s"}, Key: "k", Optional: &yes}}}}}}}}},
			Status: apps.DeploymentStatus{Conditions: []apps.DeploymentCondition{{Type: "Available", Status: "True"}}}},
		&core.Service{TypeMeta: kind("v1", "Service"), ObjectMeta: meta.ObjectMeta{Name: "s"},
			Spec: core.ServiceSpec{Ports: []core.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}, {Port: 0, TargetPort: intstr.FromString("x")}}}},
		&coordination.Lease{TypeMeta: kind("coordination.k8s.io/v1", "Lease"), ObjectMeta: meta.ObjectMeta{Name: "l",
			ManagedFields: []meta.ManagedFieldsEntry{{Manager: "m", Time: &moment, FieldsV1: &meta.FieldsV1{Raw: []byte(`{"f:spec":{}}`)}}}},
			Spec: coordination.LeaseSpec{HolderIdentity: &empty, LeaseDurationSeconds: &three, RenewTime: &micro}},
		&rbac.Role{TypeMeta: kind("rbac.authorization.k8s.io/v1", "Role"), Rules: []rbac.PolicyRule{{Verbs: []string{"get"}, Resources: []string{""}}}},
		&meta.Status{TypeMeta: kind("v1", "Status"), Status: "Failure", Code: 409, Details: &meta.StatusDetails{Causes: []meta.StatusCause{{Field: "f"}}}},
		&meta.DeleteOptions{TypeMeta: kind("meta.k8s.io/v1", "DeleteOptions"), GracePeriodSeconds: new(int64), OrphanDependents: &no, DryRun: []string{"All"}},
		&core.PodList{TypeMeta: kind("v1", "PodList"), ListMeta: meta.ListMeta{ResourceVersion: "7"}, Items: []core.Pod{{ObjectMeta: meta.ObjectMeta{Name: "p"},
			Status: core.PodStatus{ContainerStatuses: []core.ContainerStatus{{Name: "c", Started: &no}}}}}},
		&apiextensions.CustomResourceDefinition{TypeMeta: kind("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ObjectMeta: meta.ObjectMeta{Name: "x"},
			Spec: apiextensions.CustomResourceDefinitionSpec{Versions: []apiextensions.CustomResourceDefinitionVersion{{Name: "v1",
				Schema: &apiextensions.CustomResourceValidation{OpenAPIV3Schema: schema}}}}},
		&apps.ControllerRevision{TypeMeta: kind("apps/v1", "ControllerRevision"), Data: runtime.RawExtension{Raw: []byte(`{"spec":{"n":1.5}}`)}, Revision: 9},
	}
	type vector struct {
		Name     string `json:"name"`
		JSON     any    `json:"json"`
		Protobuf []byte `json:"protobuf"`
	}
	var vectors []vector
	serializer := protobuf.NewSerializer(nil, nil)
	for _, object := range objects {
		text, err := json.Marshal(object)
		if err != nil {
			return err
		}
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			return err
		}
		var encoded bytes.Buffer
		if err := serializer.Encode(object, &encoded); err != nil {
			return err
		}
		vectors = append(vectors, vector{object.GetObjectKind().GroupVersionKind().Kind, prune(tree, ""), encoded.Bytes()})
	}
	text, err := json.MarshalIndent(vectors, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "protobuf.json"), append(text, '\n'), 0o644)
}

// Objects that are there although they are empty, because they are pointers.
var meant = map[string]bool{"emptyDir": true, "selector": true, "f:spec": true}

func prune(tree any, name string) any {
	switch value := tree.(type) {
	case map[string]any:
		for key, inner := range value {
			// What stands in embedded JSON is not touched.
			if key == "default" {
				continue
			}
			if inner = prune(inner, key); inner == nil {
				delete(value, key)
			}
		}
		if len(value) == 0 && !meant[name] {
			return nil
		}
	case []any:
		for i := range value {
			value[i] = prune(value[i], "")
		}
	}
	return tree
}
