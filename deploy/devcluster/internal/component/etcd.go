package component

import "go.etcd.io/etcd/server/v3/etcdmain"

// The sockets are relative to the data directory, where all components run: a
// socket's path is limited to 107 bytes, and a data directory's is not. The
// folder's mode 0700 is the lock: no other user reaches them. The ports are part
// of the files' names and mean nothing; etcd refuses a URL without one.
const (
	etcdSocket     = "unix://etcd.sock:0"
	etcdPeerSocket = "unix://etcd-peer.sock:0"
)

// Etcd is the store behind the API server.
var Etcd = Component{
	Name: "etcd",
	Run: func(args []string) int {
		etcdmain.Main(append([]string{"etcd"}, args...))
		return 0
	},
	Prepare: func(Cluster) ([]string, error) {
		return []string{
			"--name=local",
			"--data-dir=etcd",
			"--listen-client-urls=" + etcdSocket,
			"--advertise-client-urls=" + etcdSocket,
			"--listen-peer-urls=" + etcdPeerSocket,
			"--initial-advertise-peer-urls=" + etcdPeerSocket,
			"--initial-cluster=local=" + etcdPeerSocket,
			// What was written survives a kill -9 of etcd without fsync, since the
			// kernel holds it. A power cut may lose it: this is a developer's
			// scratch data, and each fsync would cost every write milliseconds.
			"--unsafe-no-fsync",
			"--log-level=warn",
		}, nil
	},
}
