package node

import (
	"io"
	"net/http"
	"time"
)

// The node may read the Secrets of its own Pods alone, and the API server learns
// which Pods those are from a watch, like everyone: for some milliseconds after
// a Pod was bound, it answers 403. A kubelet tries again much later.
var lag = []time.Duration{2, 3, 5, 10, 20, 40, 80, 160, 320}

// pastGraphLag asks again where the API server may not yet know of a Pod.
type pastGraphLag struct{ next http.RoundTripper }

func (t pastGraphLag) RoundTrip(request *http.Request) (*http.Response, error) {
	for _, pause := range lag {
		response, err := t.next.RoundTrip(request)
		if err != nil || response.StatusCode != http.StatusForbidden {
			return response, err
		}
		again := request.Clone(request.Context())
		if request.GetBody != nil {
			if again.Body, err = request.GetBody(); err != nil {
				return response, nil
			}
		}
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
		response.Body.Close()
		request = again
		time.Sleep(pause * time.Millisecond)
	}
	return t.next.RoundTrip(request)
}
