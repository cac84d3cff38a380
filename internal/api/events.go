package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
)

// eventBody is one event of the feed. type, timestamp and data are those of Standard Webhooks.
type eventBody struct {
	Seq       int64      `json:"seq" doc:"Tăng theo thứ tự ghi, không lùi; gửi lại ở after để đọc tiếp" example:"1042"`
	Type      string     `json:"type" example:"bill.paid" doc:"bill.published, bill.paid, bill.partly_paid, bill.reopened, bill.cancelled, bill.reissued, credit.suspense, credit.settled"`
	Timestamp *time.Time `json:"timestamp"`
	Facility  string     `json:"facility"`
	Subject   string     `json:"subject" doc:"Phiếu (bil_…) hoặc báo có (cre_…) mà sự kiện nói tới"`
	Data      eventData  `json:"data" doc:"Các trường theo loại sự kiện; không có tên người"`
}

// eventData is the event's own JSON object.
type eventData map[string]any

func (f *face) eventRoutes() {
	add(f, operation(http.MethodGet, "/v1/events", "list-events", tagEvents, "Đọc sự kiện",
		"Mọi việc đã xảy ra của cơ sở, cũ trước. Ghi lại next_after rồi lần sau gửi ở after: không sót, không lặp. has_more=false nghĩa là đã tới cuối; "+
			"một trang có thể rỗng mà vẫn còn trang sau.", 404), f.listEvents)
}

type eventsOutput struct {
	Body struct {
		Data      []eventBody `json:"data"`
		NextAfter int64       `json:"next_after" doc:"Gửi ở after của lần gọi sau"`
		HasMore   bool        `json:"has_more"`
	}
}

func (f *face) listEvents(ctx context.Context, in *struct {
	After int64 `query:"after" minimum:"0" default:"0" doc:"Chỉ sự kiện sau số này; 0 là từ đầu"`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*eventsOutput, error) {
	of, err := callOf(ctx).own(ctx, "", access.ViewEvents)
	if err != nil {
		return nil, err
	}
	out := &eventsOutput{}
	out.Body.Data = []eventBody{}
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		list, upto, more, err := event.AfterOf(tx, in.After, of, in.Limit)
		if err != nil {
			return err
		}
		out.Body.NextAfter, out.Body.HasMore = upto, more
		for _, e := range list {
			b, err := eventOf(e)
			if err != nil {
				return err
			}
			out.Body.Data = append(out.Body.Data, b)
		}
		return nil
	})
	return out, err
}

func eventOf(e event.Event) (eventBody, error) {
	b := eventBody{Seq: e.Seq, Type: e.Kind, Timestamp: at(e.At), Facility: e.Facility.String(), Subject: id.Bill(e.Subject).String()}
	if e.Kind == event.CreditWaiting || e.Kind == event.CreditSettled {
		b.Subject = id.Credit(e.Subject).String()
	}
	return b, json.Unmarshal([]byte(e.Data), &b.Data)
}
