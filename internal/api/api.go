// Package api is the face for programs: /v1 for the software of schools, hospitals and the
// province (P5, P11), and /hooks for the partners that report credits (P9).
package api

import (
	"net/http"

	"github.com/sen-platform/sen/internal/web"
)

// Register mounts /hooks.
func Register(mux *http.ServeMux, d *web.Deps) error {
	mux.Handle("POST /hooks/{stream}/{path}", newHooks(d))
	return nil
}
