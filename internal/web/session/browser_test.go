package session_test

import (
	"testing"

	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// Sign-in with the keyboard's and the finger's sizes, with and without script; axe finds nothing.
func TestSignInInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	for _, v := range webtest.Viewports {
		for name, opts := range map[string][]webtest.Option{"script": nil, "bare": {webtest.WithoutScript}} {
			t.Run(v.Name+"/"+name, func(t *testing.T) {
				tab := webtest.NewTab(t, v, opts...)
				tab.Goto(h.URL + "/desk/round")
				tab.WaitPath("/signin")
				tab.Check("signin")
				tab.Click("text=Đăng nhập")
				tab.WaitText(".error-summary", "Nhập mật khẩu")
				tab.Check("signin-errors")
				tab.Fill("#login", "ketoan")
				tab.Fill("#password", secret)
				tab.Click("text=Đăng nhập")
				tab.WaitPath("/desk/round")
				tab.WaitText("body", "ketoan facility_accountant")
			})
		}
	}
}
