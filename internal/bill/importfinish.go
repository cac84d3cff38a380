package bill

import (
	"context"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// finish compares the round with the whole workbook: what vanished, which classes are new,
// and which older issues the workbook has answered.
func (im *importer) finish(ctx context.Context) error {
	if im.opt.DryRun {
		return im.DB.View(ctx, func(tx *db.Tx) error {
			res, err := im.compare(tx)
			im.record.Result = res
			return err
		})
	}
	var last ImportRecord
	err := im.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := lockRound(tx, im.round.ID); err != nil {
			return err
		}
		res, err := im.compare(tx)
		if err != nil {
			return err
		}
		if err := im.supersede(tx); err != nil {
			return err
		}
		last = im.record
		last.Result, last.FinishedAt = res, im.Clock.Now()
		return saveProgress(tx, last)
	})
	if err == nil {
		im.record = last
	}
	return err
}

// compare finds what vanished and which classes are new.
func (im *importer) compare(tx *db.Tx) (ImportResult, error) {
	res := im.record.Result
	res.Vanished, res.VanishedCount, res.NewClasses = nil, 0, nil
	same, err := im.sameName(tx)
	if err != nil {
		return res, err
	}
	rows, err := tx.Query("select n.id, case when n.beneficiary_name <> '' then n.beneficiary_name else n.payer_name end, n.class_name, n.total, n.row_key, n.row_hash, n.import_id"+
		" from bill n where n.round_id = $1 and n.state <> 'cancelled' and n.row_key is not null order by n.class_key, n.sort_key, n.id", im.round.ID)
	err = db.Each(rows, err, func(r db.Rows) error {
		var p Person
		var key, hash string
		var from id.File
		if err := r.Scan(&p.Bill, &p.Name, &p.Class, &p.Total, &key, &hash, &from); err != nil {
			return err
		}
		_, there := im.seen[fingerprintOf(key)]
		_, inScope := im.classes[p.Class]
		if there || im.adopted[key] || im.bad[strings.TrimPrefix(hash, edited)] || !(inScope || same[from] || (p.Class == "" && len(im.classes) == 0)) {
			return nil
		}
		if res.VanishedCount++; len(res.Vanished) < listed {
			res.Vanished = append(res.Vanished, p)
		}
		return nil
	})
	if err != nil || im.round.Previous == 0 {
		return res, err
	}
	res.NewClasses, err = im.newClasses(tx)
	return res, err
}

// sameName is the imports of the round whose workbook had this one's name, this one included.
func (im *importer) sameName(tx *db.Tx) (map[id.File]bool, error) {
	out := map[id.File]bool{}
	rows, err := tx.Query("select id from round_import where round_id = $1 and name = $2", im.round.ID, im.record.Name)
	return out, db.Each(rows, err, func(r db.Rows) error {
		var f id.File
		err := r.Scan(&f)
		out[f] = true
		return err
	})
}

// newClasses lists the workbook's classes that the round before does not have. Nothing is
// said when that round had no classes at all.
func (im *importer) newClasses(tx *db.Tx) ([]NewClass, error) {
	before, err := db.All(tx, "select distinct class_name from bill where round_id = $1 and state <> 'cancelled' and class_name <> ''", []any{im.round.Previous},
		func(r db.Rows, s *string) error { return r.Scan(s) })
	if err != nil || len(before) == 0 {
		return nil, err
	}
	slices.SortFunc(before, func(a, b string) int { return strings.Compare(vn.Key(a), vn.Key(b)) })
	var out []NewClass
	for c, n := range im.classes {
		if !slices.Contains(before, c) {
			out = append(out, NewClass{Class: c, Rows: n, Nearest: nearest(c, before)})
		}
	}
	slices.SortFunc(out, func(a, b NewClass) int { return strings.Compare(vn.Key(a.Class), vn.Key(b.Class)) })
	return out[:min(len(out), listed)], nil
}

// supersede removes the open issues of earlier imports that this workbook speaks of again: of
// a workbook of the same name, or of its classes.
func (im *importer) supersede(tx *db.Tx) error {
	same, err := im.sameName(tx)
	if err != nil {
		return err
	}
	delete(same, im.record.ID)
	var imports []id.File
	for f := range same {
		imports = append(imports, f)
	}
	var classes []string
	for c := range im.classes {
		classes = append(classes, c)
	}
	_, err = tx.Exec("delete from round_issue where round_id = $1 and import_id <> $2 and state = 'open' and ("+tx.In("import_id", 3)+" or "+tx.In("class_name", 4)+")",
		im.round.ID, im.record.ID, db.List(tx, imports), db.List(tx, classes))
	return err
}
