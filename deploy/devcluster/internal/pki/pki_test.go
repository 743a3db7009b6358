package pki

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
)

func TestKeysAreMadeOnceAndSignedByOneAuthority(t *testing.T) {
	folder := t.TempDir()
	first, err := Ensure(folder, "local")
	if err != nil {
		t.Fatal(err)
	}
	before := read(t, first.Node.Cert)
	if _, err := Ensure(folder, "local"); err != nil {
		t.Fatal(err)
	}
	if string(before) != string(read(t, first.Node.Cert)) {
		t.Error("a second start made new keys")
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(t, first.CA.Cert))
	for _, pair := range []Pair{first.APIServer, first.Kubelet} {
		verify(t, pair, x509.VerifyOptions{Roots: roots, DNSName: "127.0.0.1"})
	}
	asClient := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	for _, pair := range []Pair{first.KubeletClient, first.ControllerManager, first.Scheduler, first.Node} {
		verify(t, pair, x509.VerifyOptions{Roots: roots, KeyUsages: asClient})
	}
}

func verify(t *testing.T, pair Pair, options x509.VerifyOptions) {
	t.Helper()
	loaded, err := tls.LoadX509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loaded.Leaf.Verify(options); err != nil {
		t.Errorf("%s: %v", pair.Cert, err)
	}
	if info, _ := os.Stat(pair.Key); info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %s", pair.Key, info.Mode())
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
