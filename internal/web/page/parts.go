package page

import (
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/vnd"
)

// State is what a colour may mean; see the design's rules: Paid is only money received, Need only "needs you" or
// waiting, Danger only error, fraud or what cannot be undone.
type State string

// States.
const (
	Plain  State = ""
	Paid   State = "paid"
	Need   State = "need"
	Danger State = "danger"
	Sample State = "sample"
)

// stateIcons stand beside the word when a part names no icon of its own.
var stateIcons = map[State]string{Plain: "info", Paid: "check", Need: "clock", Danger: "alert"}

// Tag is the state of a row or a bill: colour, icon and word. Template "tag".
type Tag struct {
	State State
	Text  string
	Icon  string // that of the state when empty; Plain and Sample have none
}

func (t Tag) html() (template.HTML, error) {
	class := "tag"
	if t.State != Plain {
		class += " tag--" + string(t.State)
	}
	if t.Icon == "" && t.State != Plain {
		t.Icon = stateIcons[t.State]
	}
	var svg template.HTML
	if t.Icon != "" {
		var err error
		if svg, err = icon(t.Icon); err != nil {
			return "", err
		}
	}
	return template.HTML(`<span class="` + class + `">` + string(svg) + html.EscapeString(t.Text) + `</span>`), nil
}

// Link is a link, or a button that is a link. As a value in a cell it is plain; template "link" draws it with icon and
// class, template "button" as a button.
type Link struct {
	Text  any
	Href  string
	Icon  string
	Class string // "btn--main", "btn--full btn--tall", … for template "button"
	Lang  Lang   // of the text, when it differs from the page's
	Key   string // key that presses it (staff), shown as <kbd>
	Save  bool   // the address is a file to keep
	App   bool   // the address opens a program on the phone, "scheme://…": a constant of ours, never text from people
}

func (l Link) html() (template.HTML, error) {
	text, err := Show(l.Text)
	if err != nil {
		return "", err
	}
	return template.HTML(`<a href="` + html.EscapeString(string(l.URL())) + `">` + string(text) + `</a>`), nil
}

// URL is the address, checked here because html/template refuses tel: and the addresses of banks' apps. Paths on this host,
// fragments, queries, https:, tel: and, with App, other schemes pass, but never one that runs code or reads files. Anything
// else becomes "#".
func (l Link) URL() template.URL {
	scheme, rest, found := strings.Cut(l.Href, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		if strings.HasPrefix(l.Href, "//") || strings.HasPrefix(l.Href, `/\`) || strings.HasPrefix(l.Href, `\`) {
			return "#"
		}
		return template.URL(l.Href)
	}
	switch strings.ToLower(scheme) {
	case "https", "tel":
		return template.URL(l.Href)
	case "javascript", "vbscript", "data", "blob", "file", "http":
		return "#"
	}
	if l.App && strings.HasPrefix(rest, "//") && appScheme.MatchString(scheme) {
		return template.URL(l.Href)
	}
	return "#"
}

var appScheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*$`)

// Stacked is a value with a smaller line under it.
type Stacked struct {
	Value, Note any
}

func (s Stacked) html() (template.HTML, error) {
	value, err := Show(s.Value)
	if err != nil {
		return "", err
	}
	note, err := Show(s.Note)
	return value + `<span class="note">` + note + `</span>`, err
}

// Evidence is how a figure of the province is known; it stands beside every one. Zero shows nothing. Template "evidence".
type Evidence int

// Grades of evidence, from none to measured in the books of Sen.
const (
	EvidenceNone     Evidence = iota + 1 // Chưa có
	EvidenceDeclared                     // Tự khai
	EvidenceProven                       // Đã chứng minh
	EvidenceMeasured                     // Đo được
)

func (e Evidence) html() (template.HTML, error) {
	if e == 0 {
		return "", nil
	}
	names := [...]string{"", "Chưa có", "Tự khai", "Đã chứng minh", "Đo được"}
	var b strings.Builder
	b.WriteString(`<span class="ev"><svg class="ev__bar" viewBox="0 0 28 12" aria-hidden="true">`)
	for i, x := range [...]string{".5", "10", "19.5"} {
		on := ""
		if i < int(e-EvidenceNone) {
			on = ` class="on"`
		}
		b.WriteString(`<rect x="` + x + `" y="1" width="7.5" height="10" rx="1"` + on + `/>`)
	}
	b.WriteString(`</svg>` + names[e] + `</span>`)
	return template.HTML(b.String()), nil
}

// Notice is one fact to act on; never two in a row on top of a page. Template "notice".
type Notice struct {
	State  State
	Icon   string // that of the state when empty
	Strong any    // the fact
	Text   any    // what to do
	Live   bool   // it appeared because something happened: spoken politely
}

// IconName is the icon drawn.
func (n Notice) IconName() string {
	if n.Icon != "" {
		return n.Icon
	}
	return stateIcons[n.State]
}

// Head is the head of a sheet: its title and something at the right. Template "sheet-head".
type Head struct {
	ID    string // for aria-labelledby
	Title any
	Side  any
}

// Pair is a label and its value. Template "pairs" draws a []Pair.
type Pair struct {
	Label any
	Value any
	Note  any
}

// Lines is a short table of money with its total. Template "lines".
type Lines struct {
	Caption string // read out, not shown
	Rows    []Line
	Total   *Line
}

// Line is one line of Lines.
type Line struct {
	Label any
	Href  string
	Note  any
	Value any
}

// Stat is one figure with its base and its evidence. Template "stat".
type Stat struct {
	Label    string
	Value    any
	State    State // Paid for money received, Need for what waits
	Big      bool
	Note     any
	Evidence Evidence
}

// Class is the colour class of the figure.
func (s Stat) Class() string {
	return map[State]string{Paid: "ok", Need: "need", Danger: "bad"}[s.State]
}

// Todo is one thing that needs the reader: how many, what, why, and the verb. Template "todo" draws a []Todo; Main
// makes the one main button of the page.
type Todo struct {
	Count int64
	Title string
	Note  any
	Verb  string
	Href  string
	Main  bool
}

// Moment is one entry of a timeline; Next has not happened yet. Template "timeline" draws a []Moment.
type Moment struct {
	When any
	Text any
	Next bool
}

// Track says where in a task the reader is: the first Done stages are behind, the next is now. Template "track".
type Track struct {
	Label  string
	Stages []string
	Done   int
}

// Tabs are links to views of one list. Template "tabs".
type Tabs struct {
	Label string
	Items []Tab
}

// Tab is one of Tabs; Count is shown when it is above zero.
type Tab struct {
	Text, Href string
	Count      int
	Current    bool
}

// Pager walks a list by cursor: an empty address has no button. Template "pager".
type Pager struct {
	Note       string // "1 đến 50 trong 148 phiếu"
	Prev, Next string
}

// Empty says why a list is empty and what comes next. Template "empty".
type Empty struct {
	Icon  string // "inbox" when empty
	Title string
	Note  any
	Next  *Link
}

// Toast is what just happened, with the way back; it is never the only copy of a message. Template "toast".
type Toast struct {
	Text any
	Undo string // address that a POST takes it back; empty when there is no way back
}

// CopyRow is a value to be copied by hand or by its button. Template "copyrow".
type CopyRow struct {
	Label string
	Shown any
	Copy  string // what the button copies, without spaces; no button when empty
}

// PayBar keeps the one action within reach on a phone. Template "paybar".
type PayBar struct {
	Label  string
	Amount vnd.Amount
	Action string
	Href   string
	Live   string // name of the region, when the bar goes with a change of the page
}

// Verdict is the answer of a page in one glance: Paid or Need. Template "verdict".
type Verdict struct {
	State State
	Title any
	Text  any
}

// Progress is a share of a whole. Template "progress". Work is for a task that runs, in place of money received.
type Progress struct {
	Label       string
	Note        any // "1.052 trên 1.200 phiếu"
	Done, Total int64
	Work        bool
}

// Post is a button that does something: a form of one button. Template "post".
type Post struct {
	Action  string
	Text    any
	Icon    string
	Class   string // "btn--main", "btn--danger", …
	Key     string
	Fields  []Hidden
	Confirm *Confirm
}

// Hidden is a field of a form that the reader does not see.
type Hidden struct{ Name, Value string }

// Confirm is asked before what cannot be undone.
type Confirm struct{ Question, Note, Yes, No string }

// Live makes a region follow the server; see js/live.js. The attributes come from {{live .Live}} inside the tag.
// Only the first region of a page with Events or Poll drives; others are swapped along with it.
type Live struct {
	Target  string // name of the region, the same before and after
	Events  string // address of an event stream that sends "changed", "paid" or "version", data = the version
	Poll    string // address that answers with the version as plain text
	Version string // of what is shown
	Say     string // spoken after a swap to this version
	Final   bool   // nothing will change any more
}

func (l Live) attrs() template.HTMLAttr {
	var b strings.Builder
	add := func(name, value string) {
		b.WriteString(` data-` + name + `="` + html.EscapeString(value) + `"`)
	}
	add("live-target", l.Target)
	if l.Events != "" || l.Poll != "" {
		add("live", l.Events)
		add("poll", l.Poll)
		add("version", l.Version)
	}
	if l.Say != "" {
		add("say", l.Say)
	}
	if l.Final {
		add("final", "")
	}
	return template.HTMLAttr(strings.TrimSpace(b.String()))
}
