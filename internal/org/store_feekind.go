package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

const feeKindCols = "k.id, k.code, k.name, k.sector, k.ceiling, k.legal_basis, k.voluntary, k.valid_from, coalesce(k.valid_to, '')"

func scanFeeKind(r db.Rows, k *FeeKind) error {
	return r.Scan(&k.ID, &k.Code, &k.Name, &k.Sector, &k.Ceiling, &k.LegalBasis, &k.Voluntary, &k.ValidFrom, &k.ValidTo)
}

// FeeKindByID reads one fee kind of any time; db.ErrNotFound when there is none.
func FeeKindByID(tx *db.Tx, kind id.FeeKind) (FeeKind, error) {
	return one(tx, "select "+feeKindCols+" from fee_kind k where k.id = $1", scanFeeKind, kind)
}

// FeeKindByCode reads one fee kind of any time by its code; db.ErrNotFound when there is none.
func FeeKindByCode(tx *db.Tx, code string) (FeeKind, error) {
	return one(tx, "select "+feeKindCols+" from fee_kind k where k.code = $1", scanFeeKind, code)
}

// FeeKinds lists the kinds that facilities of the sector may charge on the day, by code. An
// empty sector or Both lists all sectors, an empty asOf all times.
func FeeKinds(tx *db.Tx, sector Sector, asOf clock.Date) ([]FeeKind, error) {
	q := &query{}
	if sector != "" && sector != Both {
		q.where("(k.sector = 'both' or k.sector = " + q.arg(sector) + ")")
	}
	if asOf != "" {
		on := q.arg(asOf)
		q.where("k.valid_from <= " + on + " and (k.valid_to is null or k.valid_to > " + on + ")")
	}
	return db.All(tx, "select "+feeKindCols+" from fee_kind k"+q.text()+" order by k.code", q.args, scanFeeKind)
}

func insertFeeKinds(tx *db.Tx, list []FeeKind) error {
	rows := make([][]any, len(list))
	for i, k := range list {
		rows[i] = []any{k.ID, k.Code, k.Name, vn.Fold(k.Name + " " + k.Code), k.Sector, k.Ceiling, k.LegalBasis, k.Voluntary, k.ValidFrom, nullDate(k.ValidTo)}
	}
	return tx.Insert("fee_kind", []string{"id", "code", "name", "search", "sector", "ceiling", "legal_basis", "voluntary", "valid_from", "valid_to"}, rows)
}

func updateFeeKinds(tx *db.Tx, list []FeeKind) error {
	rows := make([][]any, len(list))
	for i, k := range list {
		rows[i] = []any{k.ID, k.Name, vn.Fold(k.Name + " " + k.Code), k.Sector, k.Ceiling, k.LegalBasis, k.Voluntary, k.ValidFrom, nullDate(k.ValidTo)}
	}
	_, err := tx.ExecMany("update fee_kind set name = $2, search = $3, sector = $4, ceiling = $5, legal_basis = $6, voluntary = $7, valid_from = $8, valid_to = $9 where id = $1", rows)
	return err
}
