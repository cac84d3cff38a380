package web

import "context"

type requestKey struct{}

// WithRequestID marks a request's context with its number.
func WithRequestID(ctx context.Context, number string) context.Context {
	return context.WithValue(ctx, requestKey{}, number)
}

// RequestID is the number of the request as the log has it, to be read out on the telephone
// (page.Failure.Ref); "" outside a request.
func RequestID(ctx context.Context) string {
	number, _ := ctx.Value(requestKey{}).(string)
	return number
}
