// Package collect is the main job: credits come in, find their bill, are posted and
// receipted; what finds none waits for a human (design, section 2).
//
// Every change goes the same way: a work gathers what one transaction will write, and
// flush writes it: credits, allocations, what bills have been paid, postings, receipts,
// rollups, events, audit. So a fact can never be in one of them and not in the others.
package collect

import (
	"errors"
	"sync"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/org"
)

// Errors of use cases; the edge turns them into Vietnamese.
var (
	// ErrState: the thing is not in a state in which this can be done.
	ErrState = errors.New("collect: not possible in this state")
	// ErrAmount: the amount does not fit (more than waits, more than is owed, not positive).
	ErrAmount = errors.New("collect: amount does not fit")
	// ErrFacility: the bill and the credit belong to different facilities.
	ErrFacility = errors.New("collect: of another facility")
	// ErrUnknownAccount: no facility has this receiving account.
	ErrUnknownAccount = errors.New("collect: unknown receiving account")
)

// Config is what a Service needs.
type Config struct {
	DB    *db.DB
	IDs   *id.Gen
	Clock clock.Clock
	// Codes makes bill codes of running numbers.
	Codes *billcode.Sequence
	// ReceiptKey seals what is printed on receipts (see Check); 32 bytes.
	ReceiptKey []byte
	// BatchLimit bounds the credits of one transaction; 0 means 512.
	BatchLimit int
}

// Service holds the use cases of the main job. Safe for concurrent use. Credits are taken
// in only while Run runs.
type Service struct {
	db    *db.DB
	ids   *id.Gen
	clk   clock.Clock
	codes *billcode.Sequence
	book  *ledger.Book
	ext   *billcode.Extractor
	key   []byte
	limit int
	hub   *Hub

	inbox   chan *request
	gate    sync.RWMutex
	stopped bool // guarded by gate

	accMu    sync.RWMutex
	accounts map[string][]org.Account // by number; an account never changes its facility
}

// New makes a Service; it starts nothing.
func New(cfg Config) (*Service, error) {
	ext, err := billcode.NewExtractor()
	if err != nil {
		return nil, err
	}
	limit := cfg.BatchLimit
	if limit <= 0 {
		limit = 512
	}
	return &Service{
		db: cfg.DB, ids: cfg.IDs, clk: cfg.Clock, codes: cfg.Codes, book: ledger.NewBook(cfg.IDs), ext: ext,
		key: cfg.ReceiptKey, limit: limit, hub: newHub(),
		inbox: make(chan *request, 1024), accounts: map[string][]org.Account{},
	}, nil
}

// Hub tells who is watching a bill that it changed.
func (s *Service) Hub() *Hub { return s.hub }
