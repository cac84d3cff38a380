package api

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
)

// spool holds lines of JSON until they are sent: the first batchSpool bytes in memory, the rest
// in a file that is gone with it.
type spool struct {
	head bytes.Buffer
	tail *os.File
}

// line adds one value as a line.
func (s *spool) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if s.tail == nil && s.head.Len()+len(b) <= batchSpool {
		s.head.Write(b)
		return nil
	}
	if s.tail == nil {
		if s.tail, err = os.CreateTemp("", "sen-batch-*"); err != nil {
			return err
		}
		// Nobody finds it by name, and it is gone when the process is.
		if err := os.Remove(s.tail.Name()); err != nil {
			return err
		}
	}
	_, err = s.tail.Write(b)
	return err
}

// send writes everything out.
func (s *spool) send(w io.Writer) error {
	if _, err := w.Write(s.head.Bytes()); err != nil || s.tail == nil {
		return err
	}
	if _, err := s.tail.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.tail)
	return err
}

func (s *spool) close() {
	if s.tail != nil {
		_ = s.tail.Close()
	}
}
