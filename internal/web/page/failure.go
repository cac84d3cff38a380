package page

import (
	"net/http"
	"strconv"
)

// Failure is a page that says why something did not work. It first says whether money was taken, then what to do.
type Failure struct {
	Chrome
	Status  int    // 403, 404, 409, 422, 500, …; others are drawn as 500
	Heading string // the catalogue's sentence for the status when empty
	Money   string // whether money was taken; the catalogue's sentence when empty
	Text    any    // what happened and what to do; the catalogue's sentence when nil
	Next    []Link // ways on; the first is the main button
	Contact any    // who helps, with telephone
	Ref     string // what to read out on the telephone, such as a request id
}

// Fail sends the page of a Failure in its language.
func (s *Set) Fail(w http.ResponseWriter, f Failure) {
	key := "fail.500"
	switch f.Status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		key = "fail." + strconv.Itoa(f.Status)
	}
	if f.Status < 400 {
		f.Status = http.StatusInternalServerError
	}
	if f.Heading == "" {
		f.Heading = s.T(f.Lang, key+".heading")
	}
	if f.Money == "" {
		f.Money = s.T(f.Lang, key+".money")
	}
	if f.Text == nil {
		f.Text = s.T(f.Lang, key+".text")
	}
	f.Title = f.Heading
	s.Render(w, f.Status, "failure", f)
}
