// Package page draws pages: html/template over embedded files, three shared layouts, a part for every component of
// the design, security headers, error pages and a catalogue of words in Vietnamese and English.
//
// # How a face defines and renders a page
//
// A face package (web/pay, web/desk, …) embeds its templates and hands them to New, once, at start:
//
//	//go:embed all:templates
//	var files embed.FS
//
//	sub, _ := fs.Sub(files, "templates")
//	pages, err := page.New(sub) // parses everything; an error names file and line
//
// Each *.html file whose name does not begin with "_" is a page, named by its path without ".html". It picks a
// layout and fills its blocks:
//
//	{{template "public" .}}                                       {{/* or "staff", or "bare" (print) */}}
//	{{define "main"}}
//	<section class="sheet sheet--due">
//	  <h1>{{.Heading}}</h1>
//	  <p class="money money--big">{{money .Due}}</p>
//	  <p class="note">{{words .Due}}</p>
//	  {{template "pairs" .Facts}}
//	  <p>{{t "pay.cost"}} {{money 0}}</p>
//	</section>
//	{{end}}
//	{{define "after"}}{{template "paybar" .Bar}}{{end}}           {{/* optional, between main and footer */}}
//
// Files that begin with "_" hold {{define}}s that all pages of the face share. A file lang/vi.json and its twin
// lang/en.json beside the templates hold the face's words for {{t "key"}}; New fails when a key is missing in one of
// them or a template asks for a key that neither has. Staff pages may write Vietnamese straight into the template.
//
// The view is a typed struct that embeds Chrome:
//
//	type billView struct {
//		page.Chrome
//		Heading string
//		Due     vnd.Amount
//		Facts   []page.Pair
//		Bar     page.PayBar
//	}
//
//	pages.Render(w, http.StatusOK, "bill", billView{
//		Chrome:  page.Chrome{Title: "Trả phiếu thu", Lang: page.RequestLang(r), Width: page.WidthPay, Secret: true},
//		Heading: "Phiếu thu tháng 11/2026",
//		Due:     1_250_000,
//		Facts:   []page.Pair{{Label: "Hạn trả", Value: clock.Date("2026-11-30")}},
//		Bar:     page.PayBar{Label: "Cần trả", Amount: 1_250_000, Action: "Trả ngay", Href: "#tra-tien"},
//	})
//
// Render draws into memory first, so nobody ever gets half a page; it sets status, Content-Security-Policy and the
// other headers (see Headers). When something fails, Fail draws the page that first says whether money was taken.
//
// # Values in parts
//
// Fields of parts typed any take a string (escaped), template.HTML, vnd.Amount (drawn as money), Tag, Link, Stacked,
// clock.Date, time.Time or an integer (grouped by dots); see Show. HTMLf builds a sentence with markup out of
// escaped values.
//
// # Functions in templates
//
//	money 1250000      <span class="money">1.250.000 ₫</span>
//	words 1250000      Một triệu hai trăm năm mươi nghìn đồng
//	date d             22/11/2026 (clock.Date or time.Time)
//	hour t             8:10, 19:02
//	when t             19:02, 22/11/2026
//	percent 1052 1200  87,7%
//	count 1200         1.200
//	code "HPK7G3M9X077" <span class="code">HPK7 G3M9 X077</span>
//	icon "check"       inline SVG
//	lotus              the mark
//	qr text label      inline SVG with four modules of quiet zone
//	asset "pay.css"    the file's address
//	live .Live         the attributes of a region that follows the server (js/live.js)
//	t "key" args…      the catalogue's words in the page's language
//	show v             any value of a part
//
// # Pages that change by themselves
//
// A region <div {{live .Live}}> is replaced without reloading when its version changes; see Live. Script only
// shortens the way: every page works by links and forms alone.
package page
