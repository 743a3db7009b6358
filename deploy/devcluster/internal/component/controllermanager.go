package component

import (
	"path/filepath"
	"strings"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/cmd/kube-controller-manager/names"
)

// absent are the controllers that have nothing to do here: there is no Service
// network, no cloud, no persistent volume, no metric to scale by and no second
// node to move Pods to. All other default controllers run.
var absent = []string{
	names.EndpointsController,
	names.EndpointSliceController,
	names.EndpointSliceMirroringController,
	names.HorizontalPodAutoscalerController,
	names.NodeIpamController,
	names.TaintEvictionController,
	names.DeviceTaintEvictionController,
	names.ResourceClaimController,
	names.EphemeralVolumeController,
	names.PersistentVolumeBinderController,
	names.PersistentVolumeAttachDetachController,
	names.PersistentVolumeExpanderController,
	names.VolumeAttributesClassProtectionController,
}

// ControllerManager is kube-controller-manager.
var ControllerManager = Component{
	Name: "kube-controller-manager",
	Run: func(args []string) int {
		command := app.NewControllerManagerCommand()
		command.SetArgs(args)
		return cli.Run(command)
	},
	Prepare: func(c Cluster) ([]string, error) {
		kubeconfig := filepath.Join(c.Dir.Config(), "controller-manager.kubeconfig")
		if err := WriteKubeconfig(kubeconfig, c.ClientOf(c.PKI.ControllerManager)); err != nil {
			return nil, err
		}
		return []string{
			"--kubeconfig=" + kubeconfig,
			"--leader-elect=false",
			"--secure-port=0",
			"--controllers=*,-" + strings.Join(absent, ",-"),
			"--use-service-account-credentials",
			"--service-account-private-key-file=" + c.PKI.ServiceAccount.Key,
			"--root-ca-file=" + c.PKI.CA.Cert,
			"--cluster-signing-cert-file=" + c.PKI.CA.Cert,
			"--cluster-signing-key-file=" + c.PKI.CA.Key,
			// The API server is this machine's own and serves no one else: the
			// default of 20 requests a second would make a burst of Jobs wait.
			"--kube-api-qps=500",
			"--kube-api-burst=1000",
			"--concurrent-job-syncs=20",
			"--concurrent-namespace-syncs=20",
			"--concurrent-resource-quota-syncs=20",
			"--concurrent-gc-syncs=20",
		}, nil
	},
}
