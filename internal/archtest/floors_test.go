package archtest

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// floors is the table of docs/architecture.md: a room imports rooms below it, on its own
// floor only others' types and functions, and nothing above.
var floors = map[string]int{
	"vnd": 0, "vn": 0, "billcode": 0, "id": 0, "db": 0, "clock": 0, "doc": 0,
	"org": 1, "access": 1, "audit": 1, "event": 1,
	"org/sample": 1, // a room of its own: it fills org and access
	"bill":       2, "ledger": 2,
	"indicator": 3, "rail": 3, // and rail/*, each a room
	"collect": 4,
	"plan":    5, "report": 5, "catalogue": 5, "outreach": 5, "helpdesk": 5, "learning": 5, "health": 5,
	"web": 6, "api": 6,
	"app": 7, "archtest": 7,
}

// inside is the order of the packages that the faces of floor 6 share, lowest first; the
// faces themselves come after all of them and never import each other.
var inside = []string{"web/ui", "web/ui/bundle", "web/page", "web/session", "web", "web/webtest"}

// faces are the packages of floor 6 that answer requests.
var faces = []string{"web/pay", "web/desk", "web/steer", "web/portal", "api"}

// aids are packages that only tests import.
var aids = regexp.MustCompile(`(^|/)[a-z]+test$`)

// roomOf is the room a package of internal/ belongs to.
func roomOf(pkg string) string {
	parts := strings.Split(pkg, "/")
	if parts[0] == "rail" && len(parts) > 1 {
		return "rail/" + parts[1]
	}
	if pkg == "org/sample" {
		return pkg
	}
	return parts[0]
}

// floorOf is the floor of a room; false when the table does not have it.
func floorOf(room string) (int, bool) {
	if strings.HasPrefix(room, "rail/") {
		room = "rail"
	}
	floor, known := floors[room]
	return floor, known
}

// partOf is the part of floor 6 a package of web or api belongs to: a face with everything
// below it, or one of the shared packages.
func partOf(pkg string) string {
	for _, f := range faces {
		if pkg == f || strings.HasPrefix(pkg, f+"/") {
			return f
		}
	}
	return pkg
}

func TestFloors(t *testing.T) {
	same := map[string]map[string]string{} // imports between rooms of one floor, with a file that has it
	for _, f := range files(t) {
		from, ok := f.internal()
		if !ok {
			continue
		}
		floor, known := floorOf(roomOf(from))
		if !known {
			t.Errorf("%s: room %s is on no floor; add it to the table here and in docs/architecture.md", f.path, roomOf(from))
			continue
		}
		if f.test {
			continue // a test may look at the house from above
		}
		for _, imp := range f.imports() {
			to, ok := strings.CutPrefix(imp, module+"internal/")
			if !ok {
				continue
			}
			other, _ := floorOf(roomOf(to))
			switch {
			case other > floor:
				t.Errorf("%s: %s (floor %d) imports %s (floor %d)", f.path, from, floor, to, other)
			case floor == 6 && other == 6:
				if why := withinFaces(from, to); why != "" {
					t.Errorf("%s: %s imports %s: %s", f.path, from, to, why)
				}
			case other == floor && roomOf(from) != roomOf(to):
				if same[roomOf(from)] == nil {
					same[roomOf(from)] = map[string]string{}
				}
				same[roomOf(from)][roomOf(to)] = f.path
			}
			if floor < 4 && roomOf(to) == "collect" {
				t.Errorf("%s: %s imports collect, the main job above it", f.path, from)
			}
			if aids.MatchString(to) && !aids.MatchString(from) {
				t.Errorf("%s: %s is for tests only", f.path, to)
			}
		}
	}
	if circle := findCircle(same); circle != nil {
		t.Errorf("rooms of one floor import each other in a circle: %s", strings.Join(circle, " → "))
	}
}

func withinFaces(from, to string) string {
	a, b := partOf(from), partOf(to)
	if a == b {
		return ""
	}
	if slices.Contains(faces, b) {
		return "a face is imported by app only"
	}
	if slices.Contains(faces, a) {
		return ""
	}
	if slices.Index(inside, b) > slices.Index(inside, a) {
		return "the order inside floor 6 is " + strings.Join(inside, ", ")
	}
	return ""
}

// findCircle returns the rooms of a circle, the first one twice, or nil.
func findCircle[T any](graph map[string]map[string]T) []string {
	const (
		open = 1
		done = 2
	)
	state := map[string]int{}
	var way []string
	var walk func(string) []string
	walk = func(room string) []string {
		state[room] = open
		way = append(way, room)
		for _, next := range slices.Sorted(maps.Keys(graph[room])) {
			switch state[next] {
			case open:
				return append(slices.Clone(way[slices.Index(way, next):]), next)
			case 0:
				if c := walk(next); c != nil {
					return c
				}
			}
		}
		way = way[:len(way)-1]
		state[room] = done
		return nil
	}
	for _, room := range slices.Sorted(maps.Keys(graph)) {
		if state[room] == 0 {
			if c := walk(room); c != nil {
				return c
			}
		}
	}
	return nil
}

// The checks themselves are checked: each of these would be a breach.
func TestRulesBite(t *testing.T) {
	if c := findCircle(map[string]map[string]bool{"a": {"b": true}, "b": {"c": true, "d": true}, "c": {}, "d": {"b": true}}); fmt.Sprint(c) != "[b d b]" {
		t.Errorf("circle found: %v", c)
	}
	if c := findCircle(map[string]map[string]bool{"a": {"b": true, "c": true}, "b": {"c": true}}); c != nil {
		t.Errorf("circle where there is none: %v", c)
	}
	for _, c := range []struct {
		from, to string
		fine     bool
	}{
		{"web/pay", "web/page", true},
		{"web/pay", "web", true},
		{"web/pay/kit", "web/pay", true},
		{"web/session", "web/page", true},
		{"web", "web/session", true},
		{"web/pay", "web/desk", false},
		{"web/desk", "api", false},
		{"api", "web/pay", false},
		{"web", "web/pay", false},
		{"web/page", "web/session", false},
		{"web/ui", "web/page", false},
	} {
		if why := withinFaces(c.from, c.to); (why == "") != c.fine {
			t.Errorf("%s imports %s: %q", c.from, c.to, why)
		}
	}
	for text, sql := range map[string]bool{
		"select id from bill where x": true, "\n  SELECT 1 ": true, "insert into bill (id) values": true, "delete from bill": true,
		"update bill set paid = 1": true, "with x as (select id from bill) delete from y": true,
		"<select name=\"x\">": false, "update the bill": false, "Select the facility from the list": false, "field": false, "selected from": false,
	} {
		if looksLikeSQL(text) != sql {
			t.Errorf("SQL in %q: %v", text, !sql)
		}
	}
}

// sandbox plays the partners: were it built on our own rails, both could be wrong alike.
func TestSandboxStandsAlone(t *testing.T) {
	allowed := []string{"internal/vnd", "internal/clock", "internal/rail/wire"}
	for _, f := range files(t) {
		if !strings.HasPrefix(f.path, "sandbox/") || f.test {
			continue
		}
		for _, imp := range f.imports() {
			to, ours := strings.CutPrefix(imp, module)
			if ours && !strings.HasPrefix(to, "sandbox/") && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s; the sandbox may use %s at most", f.path, to, strings.Join(allowed, ", "))
			}
		}
	}
}

// client is for other people's programs: it knows the API and nothing of the house.
func TestClientStandsAlone(t *testing.T) {
	for _, f := range files(t) {
		if !strings.HasPrefix(f.path, "client/") || f.test {
			continue
		}
		for _, imp := range f.imports() {
			if strings.HasPrefix(imp, module+"internal/") {
				t.Errorf("%s imports %s", f.path, imp)
			}
		}
	}
}

// Only room db speaks to the engines.
func TestDatabaseDrivers(t *testing.T) {
	drivers := regexp.MustCompile(`^(database/sql(/driver)?|github\.com/jackc/pgx/.*|modernc\.org/sqlite.*|github\.com/pressly/goose/.*)$`)
	// Values that go into columns and come out of them: driver.Value, sql.Scanner.
	values := map[string]bool{"internal/id": true, "internal/vnd": true}
	for _, f := range files(t) {
		if strings.HasPrefix(f.path, "internal/db/") || f.test {
			continue
		}
		for _, imp := range f.imports() {
			if drivers.MatchString(imp) && !(values[path.Dir(f.path)] && strings.HasPrefix(imp, "database/sql")) {
				t.Errorf("%s imports %s; ask internal/db instead", f.path, imp)
			}
		}
	}
}

var (
	sqlStart = regexp.MustCompile(`(?is)^\s*(select\s+[a-z0-9_*$'(,. ]+(\s+from\s+[a-z_]+)?|insert\s+into\s+[a-z_]+|update\s+[a-z_]+\s+set\s|delete\s+from\s+[a-z_]+)`)
	sqlAny   = regexp.MustCompile(`\b(select [a-z0-9_*$'(,. ]+ from [a-z_]+|insert into [a-z_]+|update [a-z_]+ set |delete from [a-z_]+)`)
	sqlProse = regexp.MustCompile(`(?i)^\s*select\s+(the|a|an|one)\s`)
)

func looksLikeSQL(text string) bool {
	return (sqlStart.MatchString(text) || sqlAny.MatchString(text)) && !sqlProse.MatchString(text)
}

// Faces may open a transaction and hand it down; SQL and the calls that run it stay below.
func TestFacesHoldNoSQL(t *testing.T) {
	runs := []string{"Exec", "ExecMany", "Query", "QueryMany", "Row", "Insert"}
	for _, f := range files(t) {
		from, ok := f.internal()
		if !ok || f.test || floors[roomOf(from)] < 6 || from == "app/bench" { // the benchmark measures the engine itself, too
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if text, ok := literal(n); ok && looksLikeSQL(text) {
				t.Errorf("%s: SQL in a face: %.60q", f.at(n), text)
			}
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "tx" && slices.Contains(runs, sel.Sel.Name) || x.Name == "db" && sel.Sel.Name == "All") {
					t.Errorf("%s: %s.%s in a face; add a store function to the room that owns the table", f.at(n), x.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}
