package archtest

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// owners tells which room a table belongs to. Rooms of the same floor and rooms below never
// name it in SQL; a room above may, in queries that no store function of the owner covers.
var owners = map[string]string{
	"area": "org", "area_succession": "org", "agency": "org", "agency_succession": "org", "facility": "org", "facility_place": "org",
	"facility_code": "org", "facility_succession": "org", "contact": "org", "receiving_account": "org", "fee_kind": "org", "facility_method": "org",
	"user_account": "access", "session": "access", "api_key": "access", "idempotency": "access", "installation": "access",
	"audit": "audit",
	"event": "event",
	"bill":  "bill", "bill_line": "bill", "bill_instalment": "bill", "billing_round": "bill", "round_import": "bill", "round_issue": "bill", "virtual_account": "bill",
	"ledger_account": "ledger", "ledger_balance": "ledger", "posting": "ledger",
	"rollup": "indicator",
	"credit": "collect", "sighting": "collect", "allocation": "collect", "receipt": "collect", "receipt_series": "collect",
	"imported_file": "collect", "statement": "collect", "bank_debit": "collect", "account_stream": "collect", "inbound": "collect", "hook": "collect",
}

var (
	created = regexp.MustCompile(`(?im)^create table (?:if not exists )?([a-z_]+)`)
	named   = regexp.MustCompile(`\b(?:from|join|into|update) ([a-z_]+)`)
)

// shared tables serve several rooms: the counters of running numbers.
var shared = map[string]bool{"counter": true}

func TestTablesHaveOwners(t *testing.T) {
	dir := filepath.Join(root(t), "internal", "db", "migrations")
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		for _, m := range created.FindAllStringSubmatch(string(b), -1) {
			seen[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for table := range seen {
		if owners[table] == "" && !shared[table] {
			t.Errorf("table %s belongs to no room: add it to owners", table)
		}
	}
	for table := range owners {
		if !seen[table] {
			t.Errorf("no migration makes table %s", table)
		}
	}
	for _, f := range files(t) {
		from, ok := f.internal()
		if !ok || f.test || roomOf(from) == "db" {
			continue
		}
		room := roomOf(from)
		ast.Inspect(f.tree, func(n ast.Node) bool {
			text, ok := literal(n)
			if !ok || !looksLikeSQL(text) {
				return true
			}
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				owner := owners[m[1]]
				if owner == "" || owner == room || shared[m[1]] || strings.HasPrefix(text, "--") {
					continue
				}
				if mine, _ := floorOf(room); mine <= floors[owner] {
					t.Errorf("%s: room %s reads table %s of room %s", f.at(n), room, m[1], owner)
				}
			}
			return true
		})
	}
}
