package cluster

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/types"
	yamlstream "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"
)

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"

// applyDefinitions applies the CustomResourceDefinitions of a folder's YAML files
// and waits until the API server serves them. It comes before the controllers:
// what they find at their start they count in quotas from the first object on,
// what comes later they find half a minute later.
func applyDefinitions(ctx context.Context, admin *kubernetes.Clientset, folder string) error {
	if folder == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		documents, err := documentsOf(file)
		if err != nil {
			return err
		}
		for _, document := range documents {
			if err := applyDefinition(ctx, admin, document); err != nil {
				return fmt.Errorf("apply %s: %w", file, err)
			}
		}
	}
	return nil
}

func documentsOf(file string) ([][]byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	reader := yamlstream.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	var documents [][]byte
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		documents = append(documents, document)
	}
}

func applyDefinition(ctx context.Context, admin *kubernetes.Clientset, document []byte) error {
	var definition apiextensions.CustomResourceDefinition
	if err := yaml.Unmarshal(document, &definition); err != nil {
		return err
	}
	path := definitions + definition.Name
	err := admin.RESTClient().Patch(types.ApplyYAMLPatchType).AbsPath(path).
		Param("fieldManager", "devcluster").Param("force", "true").
		Body(document).Do(ctx).Error()
	if err != nil {
		return err
	}
	return poll(ctx, definition.Name, func(ctx context.Context) bool {
		answer, err := admin.RESTClient().Get().AbsPath(path).DoRaw(ctx)
		return err == nil && established(answer)
	})
}

func established(answer []byte) bool {
	var definition apiextensions.CustomResourceDefinition
	if yaml.Unmarshal(answer, &definition) != nil {
		return false
	}
	for _, condition := range definition.Status.Conditions {
		if condition.Type == apiextensions.Established {
			return condition.Status == apiextensions.ConditionTrue
		}
	}
	return false
}
