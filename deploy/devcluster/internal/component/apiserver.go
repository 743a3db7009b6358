package component

import (
	_ "embed"
	"path/filepath"
	"strconv"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

//go:embed audit-policy.yaml
var auditPolicy []byte

//go:embed authentication.yaml
var authentication []byte

// serviceRange is where Services get their addresses; nothing routes them.
const serviceRange = "10.0.0.0/24"

// APIServer is kube-apiserver with the admission plugins that are on by default
// (among them PodSecurity, ResourceQuota, LimitRanger and the admission policies)
// and NodeRestriction.
var APIServer = Component{
	Name: "kube-apiserver",
	Run: func(args []string) int {
		command := app.NewAPIServerCommand()
		command.SetArgs(args)
		return cli.Run(command)
	},
	Prepare: func(c Cluster) ([]string, error) {
		config := func(name string) string { return filepath.Join(c.Dir.Config(), name) }
		for name, content := range map[string][]byte{
			"audit-policy.yaml":   auditPolicy,
			"authentication.yaml": authentication,
			"tokens.csv":          []byte(c.Tokens.CSV()),
		} {
			if err := datadir.WriteFile(config(name), content); err != nil {
				return nil, err
			}
		}
		return []string{
			"--etcd-servers=" + etcdSocket,
			"--bind-address=127.0.0.1",
			"--advertise-address=127.0.0.1",
			"--secure-port=" + strconv.Itoa(c.Port),
			"--service-cluster-ip-range=" + serviceRange,
			// The Service "kubernetes" gets no endpoint: the API refuses loopback there.
			"--endpoint-reconciler-type=none",
			"--tls-cert-file=" + c.PKI.APIServer.Cert,
			"--tls-private-key-file=" + c.PKI.APIServer.Key,

			"--authentication-config=" + config("authentication.yaml"),
			"--token-auth-file=" + config("tokens.csv"),
			"--client-ca-file=" + c.PKI.CA.Cert,
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + c.PKI.ServiceAccount.Cert,
			"--service-account-signing-key-file=" + c.PKI.ServiceAccount.Key,
			"--authorization-mode=Node,RBAC",
			"--enable-admission-plugins=NodeRestriction",
			// PodSecurity is what refuses a privileged Pod, as in a real cluster.
			"--allow-privileged=true",

			"--kubelet-certificate-authority=" + c.PKI.CA.Cert,
			"--kubelet-client-certificate=" + c.PKI.KubeletClient.Cert,
			"--kubelet-client-key=" + c.PKI.KubeletClient.Key,
			"--kubelet-preferred-address-types=InternalIP",

			"--audit-policy-file=" + config("audit-policy.yaml"),
			"--audit-log-path=" + filepath.Join(c.Dir.Logs(), "audit.log"),
			"--audit-log-maxsize=100",
			"--audit-log-maxbackup=3",
		}, nil
	},
}
