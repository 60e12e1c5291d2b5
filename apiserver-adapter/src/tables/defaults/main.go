// Command defaults writes what upstream fills in of objects, and what it keeps of them. See ../README.md.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/install"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/certificates/install"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/events/install"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
)

type vector struct {
	In        json.RawMessage `json:"in"`
	Strict    string          `json:"strict,omitempty"`
	Defaulted json.RawMessage `json:"defaulted,omitempty"`
	Stored    json.RawMessage `json:"stored,omitempty"`
	Error     string          `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "defaults:", err)
		os.Exit(1)
	}
}

func run() error {
	scheme := legacyscheme.Scheme
	apiextensions.Install(scheme)
	apiregistration.Install(scheme)
	var inputs []vector
	if err := json.NewDecoder(os.Stdin).Decode(&inputs); err != nil {
		return err
	}
	decoder := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Strict: true})
	fmt.Println("[")
	for i, input := range inputs {
		made := vectorOf(scheme, decoder, input.In)
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(made); err != nil {
			return err
		}
		end := ","
		if i == len(inputs)-1 {
			end = ""
		}
		fmt.Printf("%s%s\n", bytes.TrimSpace(text.Bytes()), end)
	}
	fmt.Println("]")
	return nil
}

func vectorOf(scheme *runtime.Scheme, decoder runtime.Decoder, input json.RawMessage) vector {
	made := vector{In: input}
	object, kind, err := decoder.Decode(input, nil, nil)
	if strict, is := runtime.AsStrictDecodingError(err); is && object != nil {
		made.Strict = strict.Error()
	} else if err != nil {
		made.Error = err.Error()
		return made
	}
	object.GetObjectKind().SetGroupVersionKind(*kind)
	scheme.Default(object)
	if made.Defaulted, err = json.Marshal(object); err != nil {
		made.Error = err.Error()
		return made
	}
	// The object as the server keeps it in memory, and back.
	internal, err := scheme.ConvertToVersion(object, runtime.InternalGroupVersioner)
	if err == nil {
		var again runtime.Object
		if again, err = scheme.ConvertToVersion(internal, kind.GroupVersion()); err == nil {
			again.GetObjectKind().SetGroupVersionKind(*kind)
			stored, _ := json.Marshal(again)
			if !bytes.Equal(stored, made.Defaulted) {
				made.Stored = stored
			}
		}
	}
	if err != nil {
		made.Error = err.Error()
	}
	return made
}
