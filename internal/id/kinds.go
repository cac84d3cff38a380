package id

import "database/sql/driver"

// The typed identifiers. A Bill cannot be passed where a Credit is wanted. Zero means none.
type (
	Area     int64 // are_…
	Agency   int64 // agn_…
	Facility int64 // fac_…
	Contact  int64 // con_…
	Account  int64 // acc_… receiving account of a facility
	FeeKind  int64 // fee_…
	User     int64 // usr_…
	Round    int64 // rnd_… billing round
	Bill     int64 // bil_…
	Credit   int64 // cre_…
	Alloc    int64 // alo_… allocation
	Receipt  int64 // rec_…
	Entry    int64 // ent_… ledger entry
	File     int64 // fil_… imported file
	Event    int64 // evt_…
)

// Kind is any typed identifier.
type Kind interface {
	~int64
	Prefix() string
}

func (Area) Prefix() string     { return "are" }
func (Agency) Prefix() string   { return "agn" }
func (Facility) Prefix() string { return "fac" }
func (Contact) Prefix() string  { return "con" }
func (Account) Prefix() string  { return "acc" }
func (FeeKind) Prefix() string  { return "fee" }
func (User) Prefix() string     { return "usr" }
func (Round) Prefix() string    { return "rnd" }
func (Bill) Prefix() string     { return "bil" }
func (Credit) Prefix() string   { return "cre" }
func (Alloc) Prefix() string    { return "alo" }
func (Receipt) Prefix() string  { return "rec" }
func (Entry) Prefix() string    { return "ent" }
func (File) Prefix() string     { return "fil" }
func (Event) Prefix() string    { return "evt" }

// New draws a new identifier of kind K from g.
func New[K Kind](g *Gen) K { return K(g.Next()) }

// Parse reads "bil_0c3k9x2m4p7q1" as an identifier of kind K; ErrMalformed when it is not one.
func Parse[K Kind](s string) (K, error) {
	var k K
	v, err := decode(k.Prefix(), s)
	return K(v), err
}

// Format writes an identifier with its prefix; "" for zero.
func Format[K Kind](k K) string {
	if k == 0 {
		return ""
	}
	return encode(k.Prefix(), int64(k))
}

func (k Area) String() string     { return Format(k) }
func (k Agency) String() string   { return Format(k) }
func (k Facility) String() string { return Format(k) }
func (k Contact) String() string  { return Format(k) }
func (k Account) String() string  { return Format(k) }
func (k FeeKind) String() string  { return Format(k) }
func (k User) String() string     { return Format(k) }
func (k Round) String() string    { return Format(k) }
func (k Bill) String() string     { return Format(k) }
func (k Credit) String() string   { return Format(k) }
func (k Alloc) String() string    { return Format(k) }
func (k Receipt) String() string  { return Format(k) }
func (k Entry) String() string    { return Format(k) }
func (k File) String() string     { return Format(k) }
func (k Event) String() string    { return Format(k) }

// Null is k for a nullable column: SQL null when zero.
func Null[K Kind](k K) driver.Value {
	if k == 0 {
		return nil
	}
	return int64(k)
}
