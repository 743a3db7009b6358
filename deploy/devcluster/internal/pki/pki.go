// Package pki makes the keys and certificates of one cluster, once.
//
// One certificate authority signs everything: API server, kubelet endpoint and
// the clients that are not people. It lasts ten years, longer than a cluster on
// a developer's machine; nothing here renews.
package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"path/filepath"
)

// Pair is a certificate and its key on disk.
type Pair struct{ Cert, Key string }

// PKI is where the keys and certificates of a cluster lie.
type PKI struct {
	CA                Pair
	APIServer         Pair // serves the API
	Kubelet           Pair // serves the node's logs
	KubeletClient     Pair // the API server, when it asks the node for logs
	ControllerManager Pair
	Scheduler         Pair // the binder
	Node              Pair
	// ServiceAccount signs and checks ServiceAccount tokens; its Cert is a public key.
	ServiceAccount Pair
}

// KubeletClientName is the only client that the node's endpoint answers.
const KubeletClientName = "kube-apiserver-kubelet-client"

// Ensure makes what is missing in the folder and returns where all of it lies.
func Ensure(folder, nodeName string) (PKI, error) {
	at := func(name string) Pair {
		return Pair{filepath.Join(folder, name+".crt"), filepath.Join(folder, name+".key")}
	}
	p := PKI{
		CA:                at("ca"),
		APIServer:         at("apiserver"),
		Kubelet:           at("kubelet"),
		KubeletClient:     at("kubelet-client"),
		ControllerManager: at("controller-manager"),
		Scheduler:         at("scheduler"),
		Node:              at("node"),
		ServiceAccount:    at("service-account"),
	}
	ca, err := ensureAuthority(p.CA)
	if err != nil {
		return PKI{}, err
	}
	for _, leaf := range []struct {
		pair Pair
		cert x509.Certificate
	}{
		{p.APIServer, server("kube-apiserver", "localhost", "kubernetes", "kubernetes.default",
			"kubernetes.default.svc", "kubernetes.default.svc.cluster.local")},
		{p.Kubelet, server("system:node:"+nodeName, nodeName)},
		{p.KubeletClient, client(KubeletClientName)},
		{p.ControllerManager, client("system:kube-controller-manager")},
		{p.Scheduler, client("system:kube-scheduler")},
		{p.Node, client("system:node:"+nodeName, "system:nodes")},
	} {
		if err := ca.ensureLeaf(leaf.pair, leaf.cert); err != nil {
			return PKI{}, err
		}
	}
	return p, ensureKeyPair(p.ServiceAccount)
}

// server describes a certificate for 127.0.0.1 and the names given.
func server(commonName string, names ...string) x509.Certificate {
	return x509.Certificate{
		Subject:     pkix.Name{CommonName: commonName},
		DNSNames:    names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// client describes a certificate that the API server reads as a user in groups.
func client(user string, groups ...string) x509.Certificate {
	return x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}
