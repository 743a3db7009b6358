// Package kubelet serves the part of a kubelet's API that the API server asks
// for `kubectl logs`.
package kubelet

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/pki"
)

// Logs finds the log of a container, as podrun.Worker does.
type Logs func(namespace, pod, container string, previous bool) (path string, running func() bool, err error)

// Server is the node's endpoint.
type Server struct {
	listener net.Listener
	server   *http.Server
}

// Listen opens the endpoint on a free port of the loopback interface. It answers
// the API server alone, which shows its client certificate.
func Listen(keys pki.PKI, logs Logs) (*Server, error) {
	config, err := tlsConfig(keys)
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return nil, fmt.Errorf("listen for the API server: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", logs.serve)
	for _, missing := range []string{"/exec/", "/attach/", "/run/", "/portForward/"} {
		mux.HandleFunc(missing, refuse)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return &Server{listener, server}, nil
}

// Port is the port of the endpoint.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Serve answers until Close.
func (s *Server) Serve() error {
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the API server: %w", err)
	}
	return nil
}

// Close ends the endpoint and all answers under way.
func (s *Server) Close() { _ = s.server.Close() }

func refuse(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "this node runs Pods as plain processes: it has no exec, attach or port-forward", http.StatusNotImplemented)
}

func tlsConfig(keys pki.PKI) (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(keys.Kubelet.Cert, keys.Kubelet.Key)
	if err != nil {
		return nil, fmt.Errorf("load the node's serving certificate: %w", err)
	}
	authority, err := os.ReadFile(keys.CA.Cert)
	if err != nil {
		return nil, fmt.Errorf("load the certificate authority: %w", err)
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(authority)
	return &tls.Config{
		Certificates: []tls.Certificate{own},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    clients,
		MinVersion:   tls.VersionTLS13,
		VerifyConnection: func(state tls.ConnectionState) error {
			if name := state.PeerCertificates[0].Subject.CommonName; name != pki.KubeletClientName {
				return fmt.Errorf("%q may not ask this node", name)
			}
			return nil
		},
	}, nil
}
