// Package datadir knows where everything of one cluster lies on disk.
//
// A cluster is one folder. Removing the folder removes the cluster.
package datadir

import (
	"fmt"
	"os"
	"path/filepath"
)

// Dir is the absolute path of a cluster's folder.
type Dir string

// Open makes the folder and its parts where they are missing, for the owner alone.
func Open(path string) (Dir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("resolve the data directory: %w", err)
	}
	d := Dir(abs)
	for _, folder := range []string{abs, d.PKI(), d.Logs(), d.Config(), d.Pods()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", fmt.Errorf("make %s: %w", folder, err)
		}
	}
	// The folder may have been made by someone else's mkdir with a wider mode;
	// etcd's socket has no other lock than this.
	if err := os.Chmod(abs, 0o700); err != nil {
		return "", fmt.Errorf("close %s to other users: %w", abs, err)
	}
	return d, nil
}

// PKI is the folder of keys and certificates.
func (d Dir) PKI() string { return d.join("pki") }

// Logs is the folder of the components' logs and of the audit log.
func (d Dir) Logs() string { return d.join("logs") }

// Config is the folder of the components' configuration files.
func (d Dir) Config() string { return d.join("config") }

// Pods is the folder that holds one folder for each Pod, named by its uid.
func (d Dir) Pods() string { return d.join("pods") }

// Log is the path of one component's log.
func (d Dir) Log(name string) string { return filepath.Join(d.Logs(), name+".log") }

// Kubeconfig is the administrator's kubeconfig.
func (d Dir) Kubeconfig() string { return d.join("kubeconfig") }

// TokensJSON holds the users' tokens by name.
func (d Dir) TokensJSON() string { return d.join("tokens.json") }

// Ready exists while the cluster can be used.
func (d Dir) Ready() string { return d.join("ready") }

func (d Dir) join(name string) string { return filepath.Join(string(d), name) }
