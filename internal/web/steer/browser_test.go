package steer_test

import (
	"testing"

	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// Every page at the sizes of a desk and of a phone, with script and without: axe finds nothing,
// nothing sticks out, fingers hit, and the way from the first figure to a receipt works by links.
func TestPagesInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.history(24)
	h.user("so.khcn")
	school := "/steer/facilities/" + h.code["TH-CATVANG"].ID.String()
	pages := []struct{ name, path string }{
		{"overview", "/steer"},
		{"overview-2024", "/steer?part=y&year=2024"},
		{"overview-none", "/steer?part=m2&year=2023"},
		{"facilities", "/steer/facilities?sort=share"},
		{"facilities-none", "/steer/facilities?q=khongco"},
		{"areas-2024", "/steer/areas?part=m11&year=2024"},
		{"areas", "/steer/areas"},
		{"fees", "/steer/fees"},
		{"months", "/steer/months?part=y&year=2026"},
		{"facility", school},
		{"facility-silent", "/steer/facilities/" + h.code["TYT-CONGIO"].ID.String()},
		{"receipts", school + "/receipts?method=qr"},
		{"bills", school + "/bills?set=open"},
		{"definitions", "/steer/definitions?facility=TH-CATVANG&check=1&part=m11&year=2026"},
		{"definitions-choice", "/steer/definitions?facility=cat+vang&check=1"},
		{"definitions-error", "/steer/definitions?facility=&check=1"},
	}
	for _, v := range webtest.Viewports {
		for name, opts := range map[string][]webtest.Option{"script": nil, "bare": {webtest.WithoutScript}} {
			t.Run(v.Name+"/"+name, func(t *testing.T) {
				tab := webtest.NewTab(t, v, opts...)
				tab.Goto(h.srv.URL + "/signin")
				tab.Fill("#login", "so.khcn")
				tab.Fill("#password", secret)
				tab.Click("text=Đăng nhập")
				tab.WaitPath("/steer")
				for _, p := range pages {
					tab.Goto(h.srv.URL + p.path)
					shot := "steer-" + p.name
					if name == "bare" {
						shot += "-bare"
					}
					tab.Check(shot)
				}
				tab.Goto(h.srv.URL + "/steer")
				tab.Click("text=Xem cả")
				tab.WaitPath("/steer/facilities?part=m11&year=2026")
				tab.Fill("#q", "cat vang")
				tab.Choose("#sector", "education")
				tab.Click("text=Xem")
				tab.WaitText("h1", "3 cơ sở") // of the page that the form asked for, not of the one before
				tab.Click("text=TH Cát Vàng")
				tab.WaitText("h1", "Trường Tiểu học Cát Vàng")
				tab.Click("text=Tính lại tháng 11/2026")
				tab.WaitText("#tinh-lai", "Khớp cả")
			})
		}
	}
}
