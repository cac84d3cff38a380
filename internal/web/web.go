// Package web is what the faces have in common: Deps, everything a face is given at start.
//
// A face is a package with
//
//	func Register(mux *http.ServeMux, d *web.Deps) error
//
// that parses its pages and mounts its routes. It decodes, asks one use case or one store
// function inside d.DB.View, and renders; SQL and rules live below (design, section 1).
// Every question about permission goes to access.Can.
package web

import (
	"log/slog"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web/session"
)

// Deps is what faces are given. All of it is safe for concurrent use.
type Deps struct {
	DB    *db.DB
	IDs   *id.Gen
	Clock clock.Clock
	Log   *slog.Logger

	Collect *collect.Service
	Bills   *bill.Service // import of workbooks; the rest of room bill are functions on a transaction
	Org     *org.Service
	Access  *access.Service
	Keys    *access.Keyring
	// Codes makes bill codes of running numbers, for bills that are drafted through bill.Create.
	Codes *billcode.Sequence
	// Sessions knows who is signed in. Handlers behind its Wrap ask session.Subject and
	// session.Require.
	Sessions *session.Manager

	// BaseURL is the public origin, without a slash at the end, for links on paper and in QR codes.
	BaseURL string
	// Province is the name beside the mark: "Tỉnh Lam Giang".
	Province string
	// Sample tells that the data are invented: pages carry the banner (page.Chrome.Sample).
	Sample bool
}
