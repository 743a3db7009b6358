package runspec

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/api/v1/resource"
	"k8s.io/kubernetes/pkg/fieldpath"
)

// Address is the address of the node and of each Pod on it.
const Address = "127.0.0.1"

// field is the downward API's value of a field of the Pod.
func field(pod *v1.Pod, path string) (string, error) {
	switch path {
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs":
		return Address, nil
	}
	return fieldpath.ExtractFieldPathAsString(pod, path)
}

// FileValue is the content of one file of a downward API volume.
func FileValue(pod *v1.Pod, file v1.DownwardAPIVolumeFile, allocatable v1.ResourceList) (string, error) {
	if file.ResourceFieldRef != nil {
		return resourceField(pod, "", file.ResourceFieldRef, allocatable)
	}
	return field(pod, file.FieldRef.FieldPath)
}

// resourceField is the downward API's value of a request or a limit; the node's
// capacity stands where the container has no limit.
func resourceField(pod *v1.Pod, container string, selector *v1.ResourceFieldSelector, allocatable v1.ResourceList) (string, error) {
	if selector.ContainerName != "" {
		container = selector.ContainerName
	}
	return resource.ExtractResourceValueByContainerNameAndNodeAllocatable(selector, pod, container, allocatable)
}
