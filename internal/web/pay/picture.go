package pay

import (
	"net/http"
	"strconv"

	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/web/page"
)

// scale is the width of a module of the saved picture in pixels: large enough for a bank's
// application to read it from the gallery, small enough to send (about 2 kB).
const scale = 12

// sendPNG answers GET /p/{token}/qr.png: the VietQR of the offer, to be saved on the phone.
func (f *face) sendPNG(w http.ResponseWriter, r *http.Request, s *slip) {
	f.sendPicture(w, r, s, "png", "image/png", func(o offer) ([]byte, error) { return vietqr.PNG(o.payload, scale) })
}

// sendSVG answers GET /p/{token}/qr.svg.
func (f *face) sendSVG(w http.ResponseWriter, r *http.Request, s *slip) {
	f.sendPicture(w, r, s, "svg", "image/svg+xml", func(o offer) ([]byte, error) {
		svg, err := vietqr.SVG(o.payload, vietqr.SVGOptions{Label: f.qrLabel(page.RequestLang(r), s, o), Size: 600})
		return []byte(svg), err
	})
}

// sendPicture refuses a picture for a bill that asks for no money, so that nobody pays twice
// from an old page.
func (f *face) sendPicture(w http.ResponseWriter, r *http.Request, s *slip, ext, mime string, draw func(offer) ([]byte, error)) {
	if !s.payable() {
		f.settled(w, r, s)
		return
	}
	o := f.offerOf(r, s)
	if o.payload == "" {
		f.lost(w, r)
		return
	}
	body, err := draw(o)
	if err != nil {
		f.broken(w, r, "picture of bill "+s.ID.String(), err)
		return
	}
	page.Headers(w.Header(), true)
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", `inline; filename="QR-`+string(s.Code)+"."+ext+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the reader may have gone
}

// qrLabel is what a screen reader says in place of the picture.
func (f *face) qrLabel(lang page.Lang, s *slip, o offer) string {
	return f.pages.T(lang, "qr.label", o.amount.Grouped(), s.payee.Name, o.memo)
}

// settled answers who wants to pay a bill that asks for no money any more.
func (f *face) settled(w http.ResponseWriter, r *http.Request, s *slip) {
	c := f.chrome(r, "")
	c.Alternate, c.Width = "", page.WidthText
	f.pages.Fail(w, page.Failure{
		Chrome: c, Status: http.StatusConflict, Heading: f.pages.T(c.Lang, "settled.heading"),
		Money: f.pages.T(c.Lang, "settled.money"), Text: f.pages.T(c.Lang, "settled.text"),
		Next: []page.Link{{Text: f.pages.T(c.Lang, "settled.next"), Href: in(c.Lang, "/p/"+s.Token)}},
	})
}
