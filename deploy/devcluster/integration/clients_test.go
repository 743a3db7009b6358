package integration

import (
	"crypto/tls"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var getOptions = metav1.GetOptions{}

func itoa(n int32) string { return strconv.Itoa(int(n)) }

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

// kubectl is a command of the real kubectl, without which the test is skipped.
func (n namespace) kubectl(args ...string) *exec.Cmd {
	n.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		n.Skip("no kubectl")
	}
	return exec.Command("kubectl", append([]string{"--kubeconfig", filepath.Join(n.dir, "kubeconfig"), "-n", n.name}, args...)...)
}

// insecure is a client that trusts any server and shows the certificates given.
func insecure(shows ...tls.Certificate) *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: shows},
	}}
}

func keyPair(t *testing.T, dir, name string) tls.Certificate {
	t.Helper()
	at := filepath.Join(dir, "pki", name)
	pair, err := tls.LoadX509KeyPair(at+".crt", at+".key")
	must(t, err)
	return pair
}
