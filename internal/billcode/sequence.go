package billcode

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sequence turns a running number into a code and back by a keyed permutation of all 23^8
// payloads: codes are unique without a look-up, cannot be guessed one from the next, and lie
// far apart, so that a typing error rarely meets another live bill.
//
// One running number serves all prefixes: the prefix is no part of the permutation, and a
// body must not be issued twice under two prefixes. A number whose ten symbols would all be
// digits (about 1 in 4,200) is refused with ErrAllDigits; the caller uses the next number.
//
// The permutation is a Feistel network of eight rounds over two halves of 23^4, its round
// function AES-256. It hides order; it is no secret between the payer and the payee, and an
// unguessable link needs a random token of its own.
type Sequence struct {
	block cipher.Block
}

const (
	halfModulus = 279_841 // 23^4
	rounds      = 8
)

// NewSequence uses a key of 32 bytes. The key belongs to the installation for ever: under
// another key the same numbers give other codes, and codes would repeat.
func NewSequence(key []byte) (*Sequence, error) {
	if len(key) != 32 {
		return nil, errors.New("billcode: the sequence key must have 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &Sequence{block: block}, nil
}

// Code returns the code of running number n. Errors: ErrPrefix, ErrRange for n >= Payloads,
// ErrAllDigits (use the next number). Safe for concurrent use.
func (s *Sequence) Code(prefix string, n uint64) (Code, error) {
	if n >= Payloads {
		return "", fmt.Errorf("%w: number %d", ErrRange, n)
	}
	left, right := n/halfModulus, n%halfModulus
	var scratch [2 * aes.BlockSize]byte
	for r := range rounds {
		left, right = right, (left+s.round(scratch[:], r, right))%halfModulus
	}
	return Encode(prefix, left*halfModulus+right)
}

// Number is the running number of a code, the inverse of Code whatever the prefix. The code
// is checked; errors are those of Parse.
func (s *Sequence) Number(c Code) (uint64, error) {
	c, err := Parse(string(c))
	if err != nil {
		return 0, err
	}
	p := c.Payload()
	left, right := p/halfModulus, p%halfModulus
	var scratch [2 * aes.BlockSize]byte
	for r := rounds - 1; r >= 0; r-- {
		left, right = (right+halfModulus-s.round(scratch[:], r, left))%halfModulus, left
	}
	return left*halfModulus + right, nil
}

// round is a pseudo-random number below halfModulus; the bias of the remainder of 64 bits
// by 2^18 is far below anything that could be seen.
func (s *Sequence) round(scratch []byte, r int, half uint64) uint64 {
	in, out := scratch[:aes.BlockSize], scratch[aes.BlockSize:]
	copy(in, "senbill")
	in[7] = byte(r)
	binary.BigEndian.PutUint64(in[8:], half)
	s.block.Encrypt(out, in)
	return binary.BigEndian.Uint64(out) % halfModulus
}
