package api

import (
	"cmp"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// docsView is the page for people who write programs, drawn from the OpenAPI document, so
// that the two cannot differ.
type docsView struct {
	page.Chrome
	Heading, Lead string
	Document      page.Link
	Rules         []page.Pair
	Sections      []docsSection
	Types         []docsType
	Faults        page.Table
}

type docsSection struct {
	ID, Name string
	Calls    []docsCall
}

type docsCall struct {
	ID, Method, Path, Summary string
	Text                      []string
	Params                    *page.Table
	Takes                     any
	Answers                   page.Table
}

type docsType struct {
	ID, Name string
	Fields   page.Table
}

func (f *face) docsView() docsView {
	doc := f.api.OpenAPI()
	v := docsView{
		Heading: "Giao diện lập trình (API) của Sen", Document: page.Link{Text: "Tài liệu OpenAPI 3.1 cho máy đọc", Href: openAPIPath, Icon: "file"},
		Lead:  "Cho phần mềm của trường, bệnh viện và của tỉnh: lập phiếu thu, đọc tiền đã về, biên lai, sự kiện và chỉ số.",
		Rules: docsRules(),
	}
	v.Chrome = page.Chrome{Title: "API", Province: f.Province, Sample: f.Sample, NavLabel: "Mục lục"}
	for _, tag := range doc.Tags {
		s := docsSection{ID: "muc-" + slug(tag.Name), Name: tag.Name}
		for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
			for _, op := range operationsOf(doc.Paths[path]) {
				if slices.Contains(op.Tags, tag.Name) {
					s.Calls = append(s.Calls, docsCallOf(op))
				}
			}
		}
		v.Sections = append(v.Sections, s)
		v.Nav = append(v.Nav, page.NavItem{Href: "#" + s.ID, Icon: "list", Text: s.Name})
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if t := schemas[name]; len(t.Properties) > 0 {
			v.Types = append(v.Types, docsType{ID: "kieu-" + name, Name: name, Fields: fieldTable(name, t)})
		}
	}
	v.Faults = page.Table{Caption: "Danh sách mã lỗi", Still: true, Slips: true, Columns: []page.Column{{Head: "code", Tight: true}, {Head: "HTTP", Number: true}, {Head: "Nghĩa và cách sửa", Long: true}, {Head: "Gửi lại"}}}
	for _, x := range faults() {
		again := "không"
		if x.retry {
			again = "có"
		}
		v.Faults.Rows = append(v.Faults.Rows, page.Row{Cells: []any{page.HTMLf(`<code id="loi-%s">%s</code>`, x.code, x.code), strconv.Itoa(x.status), x.vi, again}})
	}
	return v
}

func docsRules() []page.Pair {
	code := func(s string) template.HTML { return page.HTMLf("<code>%s</code>", s) }
	return []page.Pair{
		{Label: "Khóa", Value: page.HTMLf("%s. Lãnh đạo cơ sở tạo khóa; khóa chỉ thấy dữ liệu của cơ sở mình, mã của cơ sở khác trả 404. Khóa %s chỉ dùng với dữ liệu mẫu.", code("Authorization: Bearer sk_live_…"), code("sk_test_…"))},
		{Label: "Tiền", Value: page.HTMLf("Số nguyên đồng, kèm %s. Không có phần lẻ.", code(`"currency": "VND"`))},
		{Label: "Thời gian", Value: page.HTMLf("RFC 3339 giờ Việt Nam, %s; ngày %s; tháng %s.", code("2026-11-22T09:00:00+07:00"), code("2026-11-22"), code("2026-11"))},
		{Label: "Gửi lại an toàn", Value: page.HTMLf("Mọi POST có %s. Mất câu trả lời thì gửi lại nguyên như cũ: nhận lại câu trả lời cũ với %s. Cùng mã mà khác nội dung: 422. Đang chạy: 409 và %s.", code(headerIdempotency), code(headerReplayed+": true"), code("Retry-After"))},
		{Label: "Danh sách", Value: page.HTMLf("%s từ 1 đến 500, rồi gửi %s của trang trước ở %s.", code("limit"), code("next_cursor"), code("cursor"))},
		{Label: "Sửa đồng thời", Value: page.HTMLf("Đọc phiếu kèm %s; gửi ở %s khi phát hành, hủy, thay: đã đổi thì 412.", code("ETag"), code("If-Match"))},
		{Label: "Giới hạn", Value: page.HTMLf("%s lần gọi mỗi phút mỗi khóa; %s nói còn bao nhiêu; vượt thì 429 và %s.", limitQuota, code("RateLimit"), code("Retry-After"))},
		{Label: "Phiên bản", Value: page.HTMLf("%s, hiện là %s. Trong /v1 chỉ thêm, không bớt, không đổi nghĩa; bản cũ dùng được ít nhất 12 tháng sau khi báo bằng %s và %s.", code("X-API-Version"), code(apiVersion), code("Deprecation"), code("Sunset"))},
	}
}

func operationsOf(p *huma.PathItem) []*huma.Operation {
	var out []*huma.Operation
	for _, op := range []*huma.Operation{p.Get, p.Post, p.Put, p.Patch, p.Delete} {
		if op != nil {
			out = append(out, op)
		}
	}
	return out
}

func docsCallOf(op *huma.Operation) docsCall {
	c := docsCall{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Text: strings.Split(op.Description, "\n\n")}
	if len(op.Parameters) > 0 {
		t := page.Table{Caption: "Tham số của " + op.Summary, Still: true, Slips: true, Columns: []page.Column{{Head: "Tham số", Tight: true}, {Head: "Ở"}, {Head: "Kiểu"}, {Head: "Nghĩa", Long: true}}}
		for _, p := range op.Parameters {
			name := page.HTMLf("<code>%s</code>", p.Name)
			if p.Required {
				name += page.HTMLf(" (bắt buộc)")
			}
			t.Rows = append(t.Rows, page.Row{Cells: []any{name, p.In, typeName(p.Schema), cmp.Or(p.Description, "–")}})
		}
		c.Params = &t
	}
	if op.RequestBody != nil {
		c.Takes = contentOf(op.RequestBody.Content)
	}
	c.Answers = page.Table{Caption: "Câu trả lời của " + op.Summary, Still: true, Slips: true, Columns: []page.Column{{Head: "HTTP", Tight: true}, {Head: "Nội dung"}, {Head: "Nghĩa", Long: true}}}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		if n, err := strconv.Atoi(status); err == nil && n >= 400 && n != http.StatusNotFound && n != http.StatusConflict && n != http.StatusPreconditionFailed {
			continue // every call can meet these: they stand once, under the codes
		}
		c.Answers.Rows = append(c.Answers.Rows, page.Row{Cells: []any{status, contentOf(r.Content), meaning(status, r.Description)}})
	}
	return c
}

// meaning is the Vietnamese sense of a status; descriptions written here stay.
func meaning(status, description string) string {
	n, err := strconv.Atoi(status)
	if err != nil || description != http.StatusText(n) {
		return description
	}
	words := map[int]string{
		200: "Xong", 201: "Đã lập", 304: "Không đổi", 404: "Không tìm thấy, hoặc thuộc cơ sở khác", 409: "Vướng trạng thái hiện tại", 412: "Đã đổi từ lúc đọc",
	}
	return cmp.Or(words[n], description)
}

// contentOf names what a body holds.
func contentOf(content map[string]*huma.MediaType) any {
	var out template.HTML
	for _, media := range slices.Sorted(maps.Keys(content)) {
		if out != "" {
			out += ", "
		}
		out += typeName(content[media].Schema) + page.HTMLf(" <small>(%s)</small>", media)
	}
	if out == "" {
		return "–"
	}
	return out
}

// typeName is a schema in a few words, with a link to its fields.
func typeName(s *huma.Schema) template.HTML {
	switch {
	case s == nil:
		return page.HTMLf("–")
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return page.HTMLf(`<a href="#kieu-%s">%s</a>`, name, name)
	case s.Type == huma.TypeArray:
		return page.HTMLf("danh sách %s", typeName(s.Items))
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			words[i], _ = e.(string)
		}
		return page.HTMLf("<code>%s</code>", strings.Join(words, " | "))
	case s.Format != "":
		return page.HTMLf("%s (%s)", s.Type, s.Format)
	}
	return page.HTMLf("%s", cmp.Or(s.Type, "object"))
}

func fieldTable(name string, s *huma.Schema) page.Table {
	t := page.Table{Caption: "Các trường của " + name, Still: true, Slips: true, Columns: []page.Column{{Head: "Trường", Tight: true}, {Head: "Kiểu"}, {Head: "Nghĩa", Long: true}}}
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		label := page.HTMLf("<code>%s</code>", field)
		if slices.Contains(s.Required, field) {
			label += page.HTMLf(" (luôn có)")
		}
		p := s.Properties[field]
		t.Rows = append(t.Rows, page.Row{Cells: []any{label, typeName(p), cmp.Or(p.Description, "–")}})
	}
	return t
}

// slug is a name as an anchor.
func slug(name string) string { return strings.ReplaceAll(vn.Fold(name), " ", "-") }
