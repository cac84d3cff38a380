package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Inbound is a message from a partner that made no credit: refused, of no interest, or not
// understood. It is kept whole, so that nothing a bank said is lost.
type Inbound struct {
	ID      int64
	Stream  string
	Hook    int64
	At      time.Time
	Outcome string
	Detail  string // never a secret
	SHA256  string
	Body    []byte
}

func keepInbound(tx *db.Tx, ids *id.Gen, m Inbound) error {
	sum := sha256.Sum256(m.Body)
	body := m.Body
	if body == nil {
		body = []byte{}
	}
	var hook any
	if m.Hook != 0 {
		hook = m.Hook
	}
	return tx.Insert("inbound", []string{"id", "stream", "hook_id", "at", "outcome", "detail", "sha256", "body"},
		[][]any{{ids.Next(), m.Stream, hook, clock.Micros(m.At), m.Outcome, m.Detail, hex.EncodeToString(sum[:]), body}})
}

// KeepInbound stores a message that made no credit.
func (s *Service) KeepInbound(ctx context.Context, m Inbound) error {
	m.At = s.clk.Now()
	return s.db.Update(ctx, func(tx *db.Tx) error { return keepInbound(tx, s.ids, m) })
}

// InboundSince lists kept messages from an instant on, newest first, at most limit.
func InboundSince(tx *db.Tx, since time.Time, limit int) ([]Inbound, error) {
	return db.All(tx, "select id, stream, coalesce(hook_id, 0), at, outcome, detail, sha256, body from inbound where at >= $1 order by at desc, id desc limit $2",
		[]any{clock.Micros(since), limit}, func(r db.Rows, m *Inbound) error {
			var at int64
			err := r.Scan(&m.ID, &m.Stream, &m.Hook, &at, &m.Outcome, &m.Detail, &m.SHA256, &m.Body)
			m.At = clock.FromMicros(at)
			return err
		})
}
