package steer_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// randomPayments issues bills and pays them by any method, in full or in part, in a few months.
func (h *house) randomPayments(rt *rapid.T) {
	codes := []string{"TH-CATVANG", "MN-HOAGAO", "THPT-GOKHE", "BV-TINH", "BV-MAT", "TYT-CATVANG"}
	days := []clock.Date{"2024-05-20", "2025-06-30", "2025-07-01", "2026-08-31", "2026-09-01", "2026-11-20"}
	slices.Sort(days)
	for _, day := range days {
		h.clk.Set(day.Time().Add(10 * 3600e9))
		for _, code := range codes {
			if !rapid.Bool().Draw(rt, "collects") {
				continue
			}
			b := h.issue(h.new(h.code[code], vnd.Amount(rapid.IntRange(1, 400_000).Draw(rt, "amount"))))[0]
			amount := b.Total
			if rapid.Bool().Draw(rt, "in part") {
				amount = vnd.Amount(rapid.IntRange(1, int(b.Total)).Draw(rt, "part"))
			}
			switch m := rapid.SampledFrom(append(rail.Methods(), rail.Cash, "")).Draw(rt, "method"); m {
			case "": // nobody pays
			case rail.Cash:
				h.cash(b, amount)
			default:
				h.receive(h.paid(b, amount, m))
			}
		}
	}
	h.clk.Set(today)
}

// views are the addresses the property is held over.
func drawView(rt *rapid.T, h *house) (query string, from, to string, sector org.Sector) {
	year := rapid.SampledFrom([]int{2024, 2025, 2026}).Draw(rt, "year")
	part := rapid.SampledFrom([]string{"m5", "m6", "m7", "m9", "m11", "q2", "q3", "y", "s"}).Draw(rt, "part")
	switch part {
	case "y":
		from, to = fmt.Sprintf("%d-01", year), fmt.Sprintf("%d-12", year)
	case "s":
		from, to = fmt.Sprintf("%d-09", year), fmt.Sprintf("%d-08", year+1)
	case "q2":
		from, to = fmt.Sprintf("%d-04", year), fmt.Sprintf("%d-06", year)
	case "q3":
		from, to = fmt.Sprintf("%d-07", year), fmt.Sprintf("%d-09", year)
	default:
		n, _ := strconv.Atoi(part[1:])
		from = fmt.Sprintf("%d-%02d", year, n)
		to = from
	}
	sector = rapid.SampledFrom([]org.Sector{"", org.Education, org.Health}).Draw(rt, "sector")
	at := rapid.SampledFrom([]string{"", "start", "today"}).Draw(rt, "map")
	return fmt.Sprintf("?part=%s&year=%d&sector=%s&map=%s", part, year, sector, at), from, to, sector
}

// TestFiguresEqualFacts: whatever was paid and whatever is asked for, the figures of every
// facility are those of its receipts and bills, every grouping adds up to the same total, shares
// lie between nothing and all, and who collected nothing has no share at all.
func TestFiguresEqualFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		rounds := 0
		rapid.Check(t, func(rt *rapid.T) {
			if rounds++; rounds == 1 { // a school that is gone since, with money and an open bill
				h.month("2024-05-21", 7, func(org.Facility) int { return 2 }, "TH-SABINH")
				h.must(h.org.CloseFacility(h.ctx, "test", h.code["TH-SABINH"].ID, "2024-08-01", "sáp nhập"))
			}
			if rounds <= 4 { // then more views of what there is
				h.randomPayments(rt)
			}
			query, from, to, sector := drawView(rt, h)
			facts := map[id.Facility]indicator.Standing{}
			h.view(func(tx *db.Tx) error {
				all, err := collect.Facts(tx)
				for f := range h.byID {
					facts[f] = indicator.Standing{
						Period: all.Figures(func(c indicator.Cell) bool {
							return c.Facility == f && c.FeeKind == 0 && c.Month >= from && c.Month <= to
						}),
						UpTo: all.Figures(func(c indicator.Cell) bool { return c.Facility == f && c.FeeKind == 0 && c.Month <= to }),
					}
				}
				return err
			})
			h.equal(rt, query, sector, facts)
		})
	})
}

// line is what a row says, as text: payments, cashless payments, money, cashless money, owed.
type line [5]string

func lineOf(s indicator.Standing) line {
	return line{
		fmt.Sprint(s.Period.Payments().N), fmt.Sprint(s.Period.Cashless().N), fmt.Sprint(int64(s.Period.Payments().Amount)),
		fmt.Sprint(int64(s.Period.Cashless().Amount)), fmt.Sprint(int64(s.Open().Amount)),
	}
}

func (h *house) equal(rt *rapid.T, query string, sector org.Sector, facts map[id.Facility]indicator.Standing) {
	list := h.csvOf("quantri", "/steer/facilities"+query, "co-so", true)
	read := func(s sheet, r []string, money, owed string) line {
		return line{r[s.col(h.t, "Lượt thu")], r[s.col(h.t, "Lượt không tiền mặt")], r[s.col(h.t, money)], r[s.col(h.t, "Tiền không tiền mặt")], r[s.col(h.t, owed)]}
	}
	var total indicator.Standing
	listed := map[id.Facility]bool{}
	for _, r := range list.rows {
		f := h.code[r[list.col(h.t, "Mã cơ sở")]]
		listed[f.ID] = true
		total = total.Add(facts[f.ID])
		if got, want := read(list, r, "Đã thu", "Còn phải thu"), lineOf(facts[f.ID]); got != want {
			rt.Fatalf("%s of %s: %v, the facts are %v", query, f.Code, got, want)
		}
		h.shareOf(rt, query, r[list.col(h.t, "Theo số lượt")], facts[f.ID].Period.ByCount())
		h.shareOf(rt, query, r[list.col(h.t, "Theo số tiền")], facts[f.ID].Period.ByValue())
	}
	for f, s := range facts {
		if chosen := sector == "" || h.byID[f].Sector == sector; !listed[f] && chosen && lineOf(s) != lineOf(indicator.Standing{}) {
			rt.Fatalf("%s: %s has figures and is not listed", query, h.byID[f].Code)
		} else if listed[f] && !chosen {
			rt.Fatalf("%s: %s is of the other sector", query, h.byID[f].Code)
		}
	}
	want := lineOf(total)
	if got := read(list, list.foot, "Đã thu", "Còn phải thu"); got != want {
		rt.Fatalf("%s: the foot says %v, the facts add up to %v", query, got, want)
	}
	for _, g := range []struct{ path, id, money, owed string }{
		{"/steer", "nganh", "Số tiền thu", "Còn phải thu"},
		{"/steer", "loai", "Số tiền thu", "Còn phải thu"},
		{"/steer/areas", "dia-ban", "Số tiền thu", "Còn phải thu"},
		{"/steer/areas", "co-quan", "Số tiền thu", "Còn phải thu"},
		{"/steer/fees", "khoan-thu", "Số tiền thu", "Còn phải thu"},
	} {
		s := h.csvOf("quantri", g.path+query, g.id, true)
		var sum [5]int64
		for _, r := range s.rows {
			for i, v := range read(s, r, g.money, g.owed) {
				n, err := strconv.ParseInt(v, 10, 64)
				h.must(err)
				sum[i] += n
			}
		}
		got := line{}
		for i, n := range sum {
			got[i] = fmt.Sprint(n)
		}
		if g.id == "khoan-thu" { // a payment of two kinds counts in both
			got[0], got[1] = want[0], want[1]
		}
		if foot := read(s, s.foot, g.money, g.owed); got != want || foot != want {
			rt.Fatalf("%s%s %s: rows add up to %v, the foot says %v, the facts %v", g.path, query, g.id, got, foot, want)
		}
	}
	h.monthsEqual(rt, query, total)
	h.targetsEqual(rt, query, listed, facts)
}

// monthsEqual: for a period of whole years the months add up to it too.
func (h *house) monthsEqual(rt *rapid.T, query string, total indicator.Standing) {
	s := h.csvOf("quantri", "/steer/months"+query, "thang", true)
	last := s.rows[len(s.rows)-1]
	if got, want := last[s.col(h.t, "Còn phải thu cuối tháng")], fmt.Sprint(int64(total.Open().Amount)); got != want {
		rt.Fatalf("%s: at the end of the last month %s is owed, at the end of the period %s", query, got, want)
	}
	if strings.Contains(query, "part=y") || strings.Contains(query, "part=s") {
		if got, want := s.foot[s.col(h.t, "Số tiền thu")], fmt.Sprint(int64(total.Period.Payments().Amount)); got != want {
			rt.Fatalf("%s: months add up to %s, the period is %s", query, got, want)
		}
	}
}

func (h *house) targetsEqual(rt *rapid.T, query string, listed map[id.Facility]bool, facts map[id.Facility]indicator.Standing) {
	_, sheets, _ := h.excelOf("quantri", "/steer"+query)
	var collecting, cashless int
	for f := range listed {
		if facts[f].Period.Applicable() {
			collecting++
		}
		if facts[f].Period.Cashless().N > 0 {
			cashless++
		}
	}
	s := sheets["Chỉ tiêu"]
	t2 := s.rows[0]
	if t2[1] != fmt.Sprint(cashless) || t2[2] != fmt.Sprint(collecting) {
		rt.Fatalf("%s: T2 is %s of %s, the facts say %d of %d", query, t2[1], t2[2], cashless, collecting)
	}
	for _, r := range s.rows {
		part, _ := strconv.ParseInt(r[1], 10, 64)
		whole, _ := strconv.ParseInt(r[2], 10, 64)
		if part < 0 || part > whole {
			rt.Fatalf("%s: %s is %d of %d", query, r[0], part, whole)
		}
		if whole == 0 && r[4] != "Không tính vào mẫu số" {
			rt.Fatalf("%s: %s of nothing is %q", query, r[0], r[4])
		}
	}
}

// shareOf holds a share as written against the facts: within a twentieth of a per cent, between
// 0 and 100, and no share where nothing was collected.
func (h *house) shareOf(rt *rapid.T, query, text string, want indicator.Share) {
	if !want.Known() {
		if text != "Không tính vào mẫu số" {
			rt.Fatalf("%s: nothing was collected and the share is %q", query, text)
		}
		return
	}
	v, err := strconv.ParseFloat(strings.Replace(strings.TrimSuffix(text, "%"), ",", ".", 1), 64)
	if exact := 100 * float64(want.Part) / float64(want.Whole); err != nil || v < 0 || v > 100 || v-exact > .1 || exact-v > .1 {
		rt.Fatalf("%s: share %q of %+v", query, text, want)
	}
}

// A report on 2024 stands on the map of 2024, with districts; one on 2026 on that of communes. A
// facility closed in between stays in the sums, in a line of its own.
func TestMapOfThePeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.history(10)
		for _, c := range []struct {
			query, head string
			has, hasNot []string
		}{
			{"?part=y&year=2024", "Huyện, thị xã, thành phố", []string{"Thành phố Lam Giang", "Không có trên bản đồ"}, []string{"Xã Cát Vàng"}},
			{"?part=m4&year=2024", "Huyện, thị xã, thành phố", []string{"Thành phố Lam Giang"}, []string{"Không có trên bản đồ"}},
			{"?part=m6&year=2025", "Huyện, thị xã, thành phố", []string{"Thành phố Lam Giang"}, nil},
			{"?part=m7&year=2025", "Xã, phường", []string{"Xã Cát Vàng"}, []string{"Thành phố Lam Giang"}},
			{"?part=y&year=2025", "Xã, phường", []string{"Xã Cát Vàng"}, []string{"Thành phố Lam Giang"}},
			{"?part=y&year=2025&map=start", "Huyện, thị xã, thành phố", []string{"Thành phố Lam Giang"}, nil},
			{"?part=y&year=2024&map=today", "Xã, phường", []string{"Xã Cát Vàng", "Không có trên bản đồ"}, nil},
			{"?part=m11&year=2026", "Xã, phường", []string{"Xã Cát Vàng", "Phường Lam Giang"}, []string{"Huyện Mộc Khê"}},
		} {
			s := h.csvOf("so.khcn", "/steer/areas"+c.query, "dia-ban", true)
			var names []string
			for _, r := range s.rows {
				names = append(names, r[0])
			}
			if s.heads[0] != c.head {
				t.Errorf("%s: compared by %q, want %q", c.query, s.heads[0], c.head)
			}
			for _, n := range c.has {
				if !slices.Contains(names, n) {
					t.Errorf("%s: no %q among %q", c.query, n, names)
				}
			}
			for _, n := range c.hasNot {
				if slices.Contains(names, n) {
					t.Errorf("%s: %q among %q", c.query, n, names)
				}
			}
		}
		// The closed school's money of 2024 is in the line without a place.
		s := h.csvOf("so.khcn", "/steer/areas?part=y&year=2024", "dia-ban", true)
		last := s.rows[len(s.rows)-1]
		one := h.csvOf("so.khcn", "/steer/facilities?part=y&year=2024&q=sa+binh", "co-so", true)
		if last[0] != "Không có trên bản đồ" || last[s.col(t, "Số tiền thu")] != one.rows[0][one.col(t, "Đã thu")] || last[s.col(t, "Lượt thu")] == "0" {
			t.Errorf("line %q, the school %q", last, one.rows[0])
		}
	})
}

// Who may see what: officers their sector or their commune, the province all, people of a
// facility nothing here, strangers the way to sign in.
func TestAccess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.history(10)
		school, hospital := "/steer/facilities/"+h.code["TH-CATVANG"].ID.String(), "/steer/facilities/"+h.code["BV-TINH"].ID.String()
		const ok, forbidden, elsewhere = http.StatusOK, http.StatusForbidden, http.StatusSeeOther
		for path, want := range map[string][6]int{
			//                          so.gddt    so.yte     xa.catvang quantri ketoan     nobody
			"/steer":                    {ok, ok, ok, ok, forbidden, elsewhere},
			"/steer?sector=education":   {ok, forbidden, ok, ok, forbidden, elsewhere},
			"/steer?sector=health":      {forbidden, ok, ok, ok, forbidden, elsewhere},
			"/steer/facilities":         {ok, ok, ok, ok, forbidden, elsewhere},
			"/steer/areas":              {ok, ok, ok, ok, forbidden, elsewhere},
			"/steer/fees":               {ok, ok, ok, ok, forbidden, elsewhere},
			"/steer/months":             {ok, ok, ok, ok, forbidden, elsewhere},
			"/steer/definitions":        {ok, ok, ok, ok, forbidden, elsewhere},
			"/steer?as=xlsx":            {ok, ok, ok, ok, forbidden, elsewhere},
			school:                      {ok, forbidden, ok, ok, forbidden, elsewhere},
			school + "/receipts":        {ok, forbidden, ok, ok, forbidden, elsewhere},
			school + "/bills?set=open":  {ok, forbidden, ok, ok, forbidden, elsewhere},
			school + "/receipts?as=csv": {ok, forbidden, ok, ok, forbidden, elsewhere},
			hospital:                    {forbidden, ok, forbidden, ok, forbidden, elsewhere},
			hospital + "/receipts":      {forbidden, ok, forbidden, ok, forbidden, elsewhere},
		} {
			for i, login := range []string{"so.gddt", "so.yte", "xa.catvang", "quantri", "ketoan", ""} {
				if status, _, _ := h.get(login, path); status != want[i] {
					t.Errorf("%s as %q: %d, want %d", path, login, status, want[i])
				}
			}
		}
		for _, login := range []string{"thuquy", "hieutruong"} {
			status, body, _ := h.get(login, "/steer")
			if status != forbidden || !strings.Contains(body, `href="/desk"`) {
				t.Errorf("%s on the province's page: %d, no way to the desk", login, status)
			}
		}
		for login, wants := range map[string]func(org.Facility) bool{
			"so.gddt":    func(f org.Facility) bool { return f.Sector == org.Education },
			"so.yte":     func(f org.Facility) bool { return f.Sector == org.Health },
			"xa.catvang": func(f org.Facility) bool { return f.Area == h.code["TH-CATVANG"].Area },
			"quantri":    func(org.Facility) bool { return true },
		} {
			for _, query := range []string{"", "?part=y&year=2024"} { // of 2024 too, when the commune did not exist
				s := h.csvOf(login, "/steer/facilities"+query, "co-so", true)
				if len(s.rows) == 0 {
					t.Errorf("%s%s sees nobody", login, query)
				}
				for _, r := range s.rows {
					if f := h.code[r[s.col(t, "Mã cơ sở")]]; !wants(f) {
						t.Errorf("%s%s sees %s", login, query, f.Name)
					}
				}
			}
		}
		// A recount of another sector's facility finds nobody.
		if body := h.page("so.gddt", "/steer/definitions?facility=BV-TINH&check=1"); !strings.Contains(body, "Không có cơ sở nào như vậy") {
			t.Error("an officer of education recounted a hospital")
		}
	})
}

// Nobody reads a name, a code that opens a bill, or a code of a pupil anywhere on this side.
func TestNoNames(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.history(10)
	secrets := []string{"Trần Văn Mẫu", "TRAN VAN MAU", "Nguyễn Minh Khôi", "HS00"}
	h.view(func(tx *db.Tx) error {
		list, _, err := collect.Bills(tx, collect.BillFilter{Facility: h.code["TH-CATVANG"].ID, Set: collect.BillsIssued, From: "2024-01", To: "2026-12"})
		for _, b := range list {
			secrets = append(secrets, string(b.Code))
		}
		return err
	})
	if len(secrets) < 20 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	for _, s := range h.screens() {
		for _, path := range []string{s.path, with(s.path, "as", "csv", "table", s.id)} {
			body := h.page("quantri", path)
			for _, secret := range secrets {
				if strings.Contains(body, secret) {
					t.Errorf("%s shows %q", path, secret)
				}
			}
		}
		_, sheets, _ := h.excelOf("quantri", s.path)
		for name, sheet := range sheets {
			text := fmt.Sprint(sheet.rows)
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s, sheet %s shows %q", s.path, name, secret)
				}
			}
		}
	}
}

// Addresses that ask for what is not there get a page that says what to do, never an empty
// table of something else.
func TestWrongAddresses(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	school := "/steer/facilities/" + h.code["TH-CATVANG"].ID.String()
	for path, text := range map[string]string{
		"/steer?part=m13":                          "Chọn lại kỳ",
		"/steer?part=m01":                          "Chọn lại kỳ",
		"/steer?part=m":                            "Chọn lại kỳ",
		"/steer?part=ngay":                         "Chọn lại kỳ",
		"/steer?part=q5":                           "Chọn lại kỳ",
		"/steer?year=2021":                         "từ 2022 đến 2026",
		"/steer?year=abc":                          "từ 2022 đến 2026",
		"/steer?part=m12&year=2026":                "chưa tới",
		"/steer?map=moon":                          "Chọn lại ở đầu trang",
		"/steer?sector=both":                       "Chọn lại ở đầu trang",
		"/steer?level=vuon_tre":                    "Chọn lại ở đầu trang",
		"/steer/facilities?area=1":                 "Chọn lại ở đầu trang",
		"/steer/facilities?fee=fee_0000000000001":  "danh sách của tỉnh",
		"/steer?as=pdf":                            "Excel hoặc CSV",
		"/steer?as=csv&table=khong-co":             "không có bảng như vậy",
		"/steer/facilities/BV-TINH":                "thiếu chữ",
		"/steer/facilities/fac_0000000000001":      "danh sách của tỉnh",
		school + "/receipts?method=gold":           "Không có cách trả như vậy",
		school + "/receipts?fee=fee_0000000000001": "Không có khoản thu như vậy",
		school + "/bills":                          "Không có danh sách phiếu",
		school + "/bills?set=open&fee=" + h.fee["NUOC-UONG"].ID.String(): "không chia theo khoản thu",
		school + "/bills?set=open&before=x":                              "từ đầu",
	} {
		status, body, _ := h.get("quantri", path)
		if status != http.StatusNotFound || !strings.Contains(body, text) {
			t.Errorf("%s: %d, %q is not on the page\n%.600s", path, status, text, body)
		}
	}
	if body := h.page("quantri", school+"/receipts?before=abc"); !strings.Contains(body, "Không có biên lai nào") {
		t.Error("a cursor that is no number did not begin the list anew")
	}
}
