package node

import (
	"runtime"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-base/version"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
)

// Warning is what everyone who uses this node should know.
const Warning = "Pods run as plain processes of this user: no sandbox, no image, no NetworkPolicy. For trusted workloads on a developer's machine alone."

// labelsOf are the labels that a Pod's nodeSelector may ask for.
func labelsOf(name string) map[string]string {
	return map[string]string{
		v1.LabelHostname:        name,
		v1.LabelOSStable:        runtime.GOOS,
		v1.LabelArchStable:      runtime.GOARCH,
		"ambient.dev/isolation": "none",
	}
}

var annotations = map[string]string{"ambient.dev/isolation": Warning}

// capacity is more than a developer's machine has: what a Pod asks for is
// counted by quotas, and given by nobody.
func capacity() v1.ResourceList {
	return v1.ResourceList{
		v1.ResourceCPU:              resource.MustParse("64"),
		v1.ResourceMemory:           resource.MustParse("256Gi"),
		v1.ResourceEphemeralStorage: resource.MustParse("1Ti"),
		v1.ResourcePods:             resource.MustParse("500"),
	}
}

func statusOf(name string, kubeletPort int) v1.NodeStatus {
	return v1.NodeStatus{
		Capacity:    capacity(),
		Allocatable: capacity(),
		Addresses: []v1.NodeAddress{
			{Type: v1.NodeInternalIP, Address: runspec.Address},
			{Type: v1.NodeHostName, Address: name},
		},
		DaemonEndpoints: v1.NodeDaemonEndpoints{KubeletEndpoint: v1.DaemonEndpoint{Port: int32(kubeletPort)}},
		NodeInfo: v1.NodeSystemInfo{
			OperatingSystem:         runtime.GOOS,
			Architecture:            runtime.GOARCH,
			OSImage:                 "this machine",
			ContainerRuntimeVersion: "process://" + version.Get().GitVersion,
			KubeletVersion:          version.Get().GitVersion,
		},
		Conditions: conditions(metav1.Now()),
	}
}

func conditions(now metav1.Time) []v1.NodeCondition {
	fine := func(kind v1.NodeConditionType, status v1.ConditionStatus, reason string) v1.NodeCondition {
		return v1.NodeCondition{Type: kind, Status: status, Reason: reason, LastHeartbeatTime: now, LastTransitionTime: now}
	}
	return []v1.NodeCondition{
		fine(v1.NodeReady, v1.ConditionTrue, "NodeReady"),
		fine(v1.NodeMemoryPressure, v1.ConditionFalse, "NotMeasured"),
		fine(v1.NodeDiskPressure, v1.ConditionFalse, "NotMeasured"),
		fine(v1.NodePIDPressure, v1.ConditionFalse, "NotMeasured"),
	}
}
