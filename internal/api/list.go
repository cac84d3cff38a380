package api

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/sen-platform/sen/internal/id"
)

// Paging is what every list takes.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Số mục trên một trang"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor của trang trước; bỏ trống để lấy trang đầu"`
}

// listOf is one page of a list.
type listOf[T any] struct {
	Data       []T    `json:"data" doc:"Các mục của trang này"`
	NextCursor string `json:"next_cursor" doc:"Gửi lại ở cursor để lấy trang sau; rỗng ở trang cuối"`
	HasMore    bool   `json:"has_more" doc:"Còn trang sau"`
}

type listOutput[T any] struct{ Body listOf[T] }

// pageOf is a page of a list; data is never null in JSON.
func pageOf[T any](data []T, next string) *listOutput[T] {
	if data == nil {
		data = []T{}
	}
	return &listOutput[T]{Body: listOf[T]{Data: data, NextCursor: next, HasMore: next != ""}}
}

// cursorOf names the last item of a page. It is opaque to callers, who must not build one.
func cursorOf[K id.Kind](k K) string {
	if k == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(id.Format(k)))
}

// readCursor is the inverse of cursorOf; zero for the first page.
func readCursor[K id.Kind](ctx context.Context, text string) (K, error) {
	var none K
	if text == "" {
		return none, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return none, badCursor(ctx)
	}
	k, err := id.Parse[K](string(b))
	if err != nil {
		return none, badCursor(ctx)
	}
	return k, nil
}

func badCursor(ctx context.Context) *problem {
	return badParameter(ctx, "cursor", "unknown", "Con trỏ trang không phải của danh sách này. Lấy lại từ trang đầu.")
}

// choices reads a filter of one or several values: "open", "open,paid" or "in:open,paid". Each
// must be known.
func choices[T ~string](ctx context.Context, name, text string, known []T) ([]T, error) {
	if text == "" {
		return nil, nil
	}
	var out []T
next:
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "in:"), ",") {
		for _, k := range known {
			if string(k) == strings.TrimSpace(part) {
				out = append(out, k)
				continue next
			}
		}
		all := make([]string, len(known))
		for i, k := range known {
			all[i] = string(k)
		}
		return nil, badParameter(ctx, name, "unknown", "Chọn một hay nhiều trong: "+strings.Join(all, ", ")+".")
	}
	return out, nil
}

// parse reads an identifier out of a path. One that is malformed names nothing.
func parse[K id.Kind](text string) (K, error) {
	k, err := id.Parse[K](text)
	if err != nil {
		return k, faultNotFound
	}
	return k, nil
}
