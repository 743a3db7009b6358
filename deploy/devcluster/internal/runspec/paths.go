// Package runspec turns a container of a Pod into a command, an environment and
// a folder. It reads, and starts nothing.
package runspec

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

// Paths stands in for mounts. A plain process sees this machine's files, and
// nothing can be mounted for it; so each mountPath that its command, arguments
// or environment name is replaced by the folder that holds the volume.
type Paths []replacement

type replacement struct{ mountPath, folder string }

// PathsOf lists the mounts of a container, and the file for its last words, the
// longest path first: of two mounts, one inside the other, the inner one wins.
func PathsOf(container *v1.Container, dir datadir.PodDir) Paths {
	paths := Paths{{container.TerminationMessagePath, dir.TerminationLog(container.Name)}}
	for _, mount := range container.VolumeMounts {
		paths = append(paths, replacement{path.Clean(mount.MountPath), filepath.Join(dir.Volume(mount.Name), mount.SubPath)})
	}
	paths = slices.DeleteFunc(paths, func(r replacement) bool { return r.mountPath == "" || r.mountPath == "/" })
	slices.SortStableFunc(paths, func(a, b replacement) int { return len(b.mountPath) - len(a.mountPath) })
	return paths
}

// In replaces each mountPath in a text, where it stands for itself or for
// something below it: /etc/app in "--file=/etc/app/key", and neither in
// "/etc/application" nor in "/opt/etc/app".
func (p Paths) In(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		r, ok := p.at(text, at)
		if !ok {
			out.WriteByte(text[at])
			at++
			continue
		}
		out.WriteString(r.folder)
		at += len(r.mountPath)
	}
	return out.String()
}

func (p Paths) at(text string, at int) (replacement, bool) {
	if text[at] != '/' || !startsPath(text[:at]) {
		return replacement{}, false
	}
	for _, r := range p {
		rest, ok := strings.CutPrefix(text[at:], r.mountPath)
		if ok && (rest == "" || rest[0] == '/' || !inName(rest[0])) {
			return r, true
		}
	}
	return replacement{}, false
}

// startsPath says whether an absolute path can begin after the text: not in the
// middle of another path, but after the scheme of a URL.
func startsPath(before string) bool {
	if before == "" || strings.HasSuffix(before, "://") {
		return true
	}
	last := before[len(before)-1]
	return last != '/' && !inName(last)
}

func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '.' || c == '_' || c == '-' || c >= 0x80
}
