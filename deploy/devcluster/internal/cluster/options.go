// Package cluster brings a cluster up, keeps it up, and takes it down.
package cluster

import "strconv"

// Options are what `devcluster up` is told.
type Options struct {
	DataDir string
	Port    int
	// PodPath are the folders where a container's program is looked for before PATH.
	PodPath []string
	// CRDs is the folder of the definitions that are there before the controllers
	// start; none where it is empty.
	CRDs string
}

// Refusal is a reason not to start at all, in one sentence: nothing was changed.
type Refusal string

func (r Refusal) Error() string { return string(r) }

func inUse(dataDir string) Refusal {
	return Refusal("another devcluster runs in " + dataDir + "; stop it first or give another --data-dir")
}

func portTaken(port int) Refusal {
	return Refusal("port " + strconv.Itoa(port) + " on 127.0.0.1 is taken; give another --port")
}
