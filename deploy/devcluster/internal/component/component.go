// Package component holds the real Kubernetes programs that this binary contains
// and the flags that each is started with.
//
// They run as child processes, not as goroutines: each of them takes the whole
// process for its own (global flags, metrics, signal handlers, os.Exit).
package component

import (
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/pki"
)

// Component is one embedded program.
type Component struct {
	// Name is the subcommand, and the name of the log.
	Name string
	// Run is the program itself; it returns the exit code.
	Run func(args []string) int
	// Prepare writes the program's configuration files and returns its flags.
	Prepare func(Cluster) ([]string, error)
}

// Cluster is what the flags follow from.
type Cluster struct {
	Dir    datadir.Dir
	PKI    pki.PKI
	Tokens datadir.Tokens
	Port   int
}

// All lists the components in the order in which they start; they stop in reverse.
var All = []Component{Etcd, APIServer, ControllerManager}

// ByName finds the component of a subcommand.
func ByName(name string) (Component, bool) {
	for _, c := range All {
		if c.Name == name {
			return c, true
		}
	}
	return Component{}, false
}
