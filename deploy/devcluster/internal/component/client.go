package component

import (
	"fmt"
	"strconv"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/pki"
)

// ContextName names the context of each kubeconfig written here.
const ContextName = "ambient"

// ClientOf is the configuration of a client that shows a certificate.
func (c Cluster) ClientOf(identity pki.Pair) *rest.Config {
	config := c.anyone()
	config.CertFile, config.KeyFile = identity.Cert, identity.Key
	return config
}

// ClientWith is the configuration of a client that shows a bearer token.
func (c Cluster) ClientWith(token string) *rest.Config {
	config := c.anyone()
	config.BearerToken = token
	return config
}

func (c Cluster) anyone() *rest.Config {
	return &rest.Config{
		Host:            "https://127.0.0.1:" + strconv.Itoa(c.Port),
		TLSClientConfig: rest.TLSClientConfig{CAFile: c.PKI.CA.Cert},
		UserAgent:       "ambient-devcluster",
		// The server's own priority and fairness is the limit.
		QPS: -1,
	}
}

// WriteKubeconfig writes a client's configuration with the credentials inside,
// so that the file can be copied.
func WriteKubeconfig(path string, client *rest.Config) error {
	kubeconfig := api.NewConfig()
	kubeconfig.CurrentContext = ContextName
	kubeconfig.Contexts[ContextName] = &api.Context{Cluster: ContextName, AuthInfo: ContextName}
	kubeconfig.Clusters[ContextName] = &api.Cluster{Server: client.Host, CertificateAuthority: client.CAFile}
	kubeconfig.AuthInfos[ContextName] = &api.AuthInfo{
		Token:             client.BearerToken,
		ClientCertificate: client.CertFile,
		ClientKey:         client.KeyFile,
	}
	if err := api.FlattenConfig(kubeconfig); err != nil {
		return fmt.Errorf("put the credentials into %s: %w", path, err)
	}
	content, err := clientcmd.Write(*kubeconfig)
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	return datadir.WriteFile(path, content)
}
