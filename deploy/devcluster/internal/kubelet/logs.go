package kubelet

import (
	"io"
	"net/http"

	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // how a query becomes options

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/podlog"
)

func (logs Logs) serve(w http.ResponseWriter, r *http.Request) {
	var options v1.PodLogOptions
	if err := legacyscheme.ParameterCodec.DecodeParameters(r.URL.Query(), v1.SchemeGroupVersion, &options); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	path, running, err := logs(r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container"), options.Previous)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	lines := flushing{w, http.NewResponseController(w)}
	stdout, stderr := streams(&options, lines)
	if err := podlog.Read(r.Context(), path, running, &options, stdout, stderr); err != nil && r.Context().Err() == nil {
		klog.ErrorS(err, "Send a log", "path", path)
	}
}

// streams are the outputs that a client asked for: both, or one by its name.
func streams(options *v1.PodLogOptions, to io.Writer) (stdout, stderr io.Writer) {
	if options.Stream == nil || *options.Stream == v1.LogStreamAll {
		return to, to
	}
	if *options.Stream == v1.LogStreamStderr {
		return nil, to
	}
	return to, nil
}

// flushing sends each line as it is written, which is what following a log means.
type flushing struct {
	io.Writer
	controller *http.ResponseController
}

func (f flushing) Write(line []byte) (int, error) {
	n, err := f.Writer.Write(line)
	if err == nil {
		err = f.controller.Flush()
	}
	return n, err
}
