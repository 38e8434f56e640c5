package guard

// vietnamese holds the phrases of Vietnamese, with their diacritics; a text may lack them.
func vietnamese() *lexicon {
	l := &lexicon{sets: map[string]*phrases{}}
	vietnameseTimes(l)
	vietnameseWork(l)
	vietnameseTone(l)
	vietnameseParts(l)
	return l
}

// vietnameseTimes adds how people say when.
func vietnameseTimes(l *lexicon) {
	l.add("about", 0, `khoảng; tầm; chừng; độ chừng; thêm; tối đa; không quá; dưới; ít nhất; gần; chỉ; hơn`)
	l.add("amount", 0, `{#count}; {#count} đến|tới|hoặc {#count}; một; hai; ba; bốn; năm; sáu; bảy; tám; mười; mười lăm; hai mươi; ba mươi; nửa; vài; mấy; đôi; một hai; hai ba; dăm; một vài; chục; vài ba`)
	l.add("unit", 0, `phút; p; ph; '; tiếng; tiếng đồng hồ; giờ; giờ đồng hồ; h; ngày; ngày làm việc; tuần; tháng; hôm; giây; buổi; bữa; tiếng rưỡi; giờ rưỡi; ngày rưỡi; phút đồng hồ`)
	l.add("duration", 0, `{about}? {about}? {amount} {unit}`)
	l.add("daypart", 0, `sáng; trưa; chiều; tối; đêm; khuya`)
	l.add("weekday", 0, `thứ hai|ba|tư|năm|sáu|bảy; thứ {#hour}; chủ nhật; cn`)
	l.add("date", 0, `{#date}; ngày {#any} tháng {#any} năm? {#any}?; ngày {#date}; {#any} tháng {#any}; mùng|mồng {#count}; ngày {#count}; tháng {#count}; quý {#count}`)
	l.add("this", 0, `này; nay; sau; tới; mai`)
	l.add("clock", 0, `{#clock}; {#hour} h|giờ|g {#any}? {daypart}?; {#hour} h|giờ rưỡi|kém {#count}? {daypart}?; {#hour} rưỡi {daypart}?; giữa trưa; nửa đêm; buổi trưa; giờ trưa; {#clock} {daypart}; {#hour} {daypart}`)
	l.add("soon", 0, `{clock} nay|mai|kia; {clock} ngày mai|kia; {clock} hôm nay; ngày mai; mai; ngày kia; ngày mốt; mốt; {daypart} mai|kia|mốt; buổi? chiều|tối|đêm|trưa nay|này; hôm nay; ngày hôm nay; nội nhật hôm nay; cuối ngày|tuần|tháng|năm|quý|buổi|giờ {this}?; cuối ngày hôm nay|mai; cuối buổi|giờ sáng|chiều|làm
		đầu giờ sáng|chiều {this}?; đầu|giữa|cuối tuần|tháng|năm|quý|buổi {this}; cuối tuần; đầu tuần; tuần|tháng|năm|quý sau|tới|này; {weekday} {this}; {weekday} tuần {this}; {daypart} {weekday} {this}; hết ngày|hôm|giờ nay|mai?; hết ngày hôm nay; tết; giờ tan làm|sở; giờ nghỉ; giờ về; giờ làm; giờ ăn trưa
		trong ngày; trong ngày mai|kia; trong hôm nay; trong buổi sáng|chiều|tối; trong sáng|chiều|tối|đêm nay|mai; trong tuần|tháng {this}?; nội trong {#count}? ngày|hôm? nay?; qua đêm nay?; ngay hôm nay|chiều|tối|sáng nay|mai?; cuối giờ chiều; trong đêm; trong đêm nay`)
	l.add("spot", 0, `{clock}; {weekday}; {daypart} {weekday}; {date}; sáng nay; {daypart} ngày {#date}; buổi sáng; buổi chiều; buổi tối`)
	l.add("join", 0, `,; lúc; vào; ngày; vào lúc; ngay; của; -; khoảng; tầm; trong`)
	l.add("moment", 0, `{soon}; {spot}`)
	l.add("when", 0, `{moment} {join}? {moment}? {join}? {moment}?; {moment} nay|mai|kia; {#hour} giờ`)
	l.add("latest", 0, `chậm nhất; muộn nhất; trễ nhất; hạn chót; chậm nhất là; muộn nhất là; trễ nhất là; chậm nhất vào; muộn nhất vào; trễ nhất vào; hạn chót là; không muộn hơn; không trễ hơn; không quá; tối đa; hạn cuối; hạn cuối là`)
	l.add("self", 0, `em; tôi; mình; chúng tôi; chúng em; bên em; bên tôi; bên mình; bọn em`)
	l.add("promise", deadline, `trước|đến|tới lúc|khi|khoảng|tầm? {when}; trước {daypart}; {latest} lúc? {when}; {latest} trước|trong|sau {when}; {latest} {duration}; từ {soon}; {soon} {join}? {when}?; {when} là; kịp trước {when}; vào|trong|kể từ|bắt đầu từ {soon} {join}? {when}?
		trong vòng? {duration} nữa|tới|sau?; trong vòng? {duration}; sau {duration} nữa?; {duration} nữa|tới|sau; {duration} nữa thôi; chờ|đợi {self}? {duration} nữa?; xin {self}? {duration}; mất {duration}; mất {duration} nữa; tốn {duration}; cần {duration} nữa?; {duration} là; {duration} là nhiều
		hẹn anh|chị|bạn? {soon}; cho {self} {duration}; trong {when}; từ giờ đến|tới {when}; khoảng {duration} nữa; đúng {clock}; {when} trở đi; sau {when}`)
	l.add("promise", point, `{spot} {join}? {when}?; lúc|vào|khoảng|tầm lúc? {when}; vào lúc {when}`)
	l.add("promise", length, `{duration}`)
	l.add("promise", pastTime, `hôm qua; ngày hôm qua; hôm kia; {daypart} qua; {daypart} hôm qua|kia; trước|lúc|vào|đến|từ|khoảng {when} {daypart}? qua; trước|lúc|vào|từ {when} {daypart}? hôm qua; {when} hôm qua; {daypart} {weekday} trước; {daypart} {weekday} vừa rồi|qua; {daypart}? {weekday} tuần trước|rồi; {weekday} trước; {weekday} vừa rồi|qua
		tuần|tháng|năm trước|rồi|ngoái|qua; tuần|tháng vừa rồi|qua; {duration} trước; {duration} qua; trong {duration} qua; từ {when}; kể từ {when}; hôm {weekday}; hôm {#date}; vừa rồi; vừa qua; ban nãy; lúc nãy; hồi {when}; cách đây {duration}; suốt {duration}; được {duration}; gần đây; mất {duration} rồi; đã mất {duration}; từ {daypart} nay; từ {when} {daypart} nay`)
	l.add("promise", habit, `mỗi|hằng|hàng {#count}? ngày|tuần|tháng|giờ|phút|sáng|chiều|tối|đêm|quý|năm; mỗi|hằng|hàng ngày|sáng|tối|đêm|tuần|tháng|chiều lúc|vào? {when}; từ {when} đến|tới|- {when}; {clock} đến|tới|- {clock}; {clock} đến|tới|- {clock} , {weekday}; {weekday} đến|tới|- {weekday}; {clock} hằng|hàng|mỗi ngày|sáng|tối|tuần
		chị|cô|bạn|bà|bé mai; đơn hàng ngày|hôm? {spot}; hóa đơn ngày {#date}; hóa đơn {#any} ngày {#date}; từ {weekday} đến|tới {weekday}; trong giờ hành chính; giờ hành chính`)
}

// vietnameseWork adds how people speak of the fix, and of what is not the fix.
func vietnameseWork(l *lexicon) {
	l.add("work", 0, `sửa; sửa chữa; sửa lỗi; khắc phục; xử lý; xử lí; giải quyết; khôi phục; phục hồi; hoàn thành; hoàn tất; triển khai; phát hành; fix; fix lỗi; fix bug; deploy; release; vá lỗi; chỉnh sửa; gỡ lỗi; sửa được; xử lý được; khắc phục được; giải quyết được; chuyển đổi; nâng cấp xong; chỉnh xong; cập nhật xong; làm xong`)
	l.add("use", 0, `dùng; sử dụng; truy cập; đăng nhập; vào; làm việc; kết nối; gửi; nhận; xem; xuất; tải; mở; in; chạy; hoạt động; thao tác; lên`)
	l.add("again", 0, `dùng; sử dụng; truy cập; đăng nhập; vào; làm việc; kết nối; chạy; hoạt động; thao tác; lên`)
	l.add("request", 0, `yêu cầu; ticket; phiếu; case; yêu cầu hỗ trợ`)
	l.add("promise", finished, `{work}; {work} xong; {work} dứt điểm; {work} triệt để; {work} hoàn toàn; được {work}; {work} * xong`)
	l.add("promise", fix, `xong; là xong; xong hết; xong xuôi; là ổn; ổn; ổn định; ổn lại; bình thường; bình thường trở lại; trở lại; trở lại bình thường; hoạt động lại; chạy lại; hoạt động; chạy bình thường; {use} được; {again} lại; {use} lại được; {use} được lại; {use} lại bình thường; {use} bình thường
		 có lại; lên bản sửa|vá|fix|mới; sẵn sàng; hết lỗi; hết bị; không còn lỗi; không còn bị; cập nhật bản vá|sửa|mới; lên lại; online lại; live; có bản vá|sửa|fix; sống lại; mọi thứ ổn; như cũ; ra bản vá|sửa; đâu vào đấy; thông suốt; đẩy bản vá|sửa|fix; có giải pháp|phương án; được khôi phục`)
	l.add("promise", solution, `bản vá; bản sửa; bản sửa lỗi; giải pháp; phương án; bản fix; việc sửa; việc khắc phục; việc khôi phục; việc xử lý; giải pháp tạm thời; hotfix; patch; dịch vụ`)
	l.add("promise", estimate, `eta; thời gian dự kiến; thời gian dự kiến * xong|thành|tất|phục|lý|sửa; dự kiến xong; dự kiến {work}; dự kiến * xong; thời gian|hạn|điểm {work} xong? dự kiến?; hạn {work}; hẹn xong; cam kết xong`)
	l.add("promise", need, `cần thêm; phải mất; sẽ mất`)
	l.add("reader", 0, `anh; chị; bạn; anh chị; quý khách; quý công ty; mình; khách; khách hàng; mọi người; cô; chú; các anh; các chị; các bạn; anh / chị`)
	l.add("news", 0, `thông tin; tình hình; tiến độ; kết quả; tin; tin nhắn; trạng thái; email; mail; thư; thông báo; phản hồi; cập nhật; báo cáo; thông tin cập nhật; tin mới; thông tin mới; câu trả lời`)
	l.add("promise", tell, `cập nhật; cập nhật cho|với|tới|đến? {reader}; cập nhật {news}; cập nhật lại; cập nhật {news} {work}; báo; báo lại; báo cho {reader}; báo {reader} * biết; báo {reader}; báo {news}; báo cáo; báo tin; thông báo; thông tin; phản hồi; liên hệ; liên lạc; trả lời; gọi; gọi lại; gọi điện; gọi cho; nhắn; nhắn lại; nhắn tin
		gửi|đưa|có|nhận được? {news}; cung cấp {news}; viết lại; viết thư; viết cho {reader}; có tin; trao đổi; trao đổi lại; gửi lại {news}; hồi âm; update; update cho|tình hình|lại; báo {news} * {work}; nói chuyện; gửi {reader} {news}; {news} về? việc? {work}; nghe tin; xác nhận`)
	l.add("promise", other, `kiểm tra; kiểm tra * xong; xem; xem log; xem xét; xem qua; xem lại; xem giúp; theo dõi; phân tích; phân tích xong; thử; thử nghiệm; thử lại; thử lại được; bắt đầu; họp; cuộc họp; gửi giúp; gửi cho em; gửi lại; khởi động lại; đóng {request}; bị đóng; được đóng; đề nghị; nhận được; nhận; cài; cài đặt; bảo trì; đợt bảo trì; giờ làm việc
		rảnh; đóng cửa; nghỉ; nghỉ lễ; ngày lễ; hết hạn; tạo; rà soát; điều tra; tìm hiểu; đối chiếu; tái hiện; đặt hàng; đơn hàng; diễn ra; đến nơi; ghé; ghé qua; qua kiểm|xem tra?; hỗ trợ; đăng ký; thanh toán; gia hạn; cấp; vui lòng; giúp em; tiếp tục; tiếp nhận; chuyển; chuyển cho; làm rõ; khảo sát; test; test lại; review; xong log; xảy ra; phát sinh; bị lỗi; xong rồi; sao lưu; kết thúc bảo trì; tổng hợp; lấy log; thu thập; tìm nguyên nhân; tìm ra nguyên nhân; tìm được nguyên nhân; xác định nguyên nhân; mở; làm việc; trực`)
	l.add("promise", future, `sẽ; dự kiến; chắc chắn; chắc; cam kết; hứa; cố gắng; hy vọng; hi vọng; có thể; kế hoạch; mong; đảm bảo; bảo đảm; định; phấn đấu; sắp; xin hứa; yên tâm; cố; gắng`)
	l.add("promise", past, `đã; vừa; vừa mới; đã được; hiện đã; đã từng`)
	l.add("sure", 0, `cam kết; nói; hứa; khẳng định; chắc; chắc chắn; xác định; đảm bảo; bảo đảm; biết; xác nhận; dám; ước tính; rõ; trả lời; nói chắc; đưa ra; hẹn; nói trước`)
	l.add("promise", denial, `chưa|không thể|dám|tiện? {sure}; chưa|không có thể {sure}; chưa|không {sure}; chưa|không xác định được; chưa có eta|lịch|ngày|hạn; chưa có thời gian|hạn; không hứa; khó * nói|hẹn|hứa; không thể nào {sure}; chưa biết khi nào|bao giờ; không có cam kết; chưa dám; chưa rõ`)
	l.add("promise", contrast, `nhưng; tuy nhiên; nhưng mà; dù vậy; tuy vậy`)
	l.add("promise", boundary, `,; (; ); —; -; /; và; rồi; sau đó; còn; để; nên; khi; sau khi; vì; hay; do; trong khi; vì vậy; do đó; và sau đó; ngay khi; khi nào; trước khi; đồng thời; thì`)
	l.add("kept", 0, `trước; trong; sau; ngày; mai; sáng; trưa; chiều; tối; lúc; vào; chậm; muộn; trễ; cuối; đầu; tuần; hôm nay; {#any}`)
	l.add("promise", condition, `nếu; trong trường hợp; trường hợp; giả sử`)
	l.add("asks", 0, `không ạ|anh|chị|nhỉ|vậy?; chưa ạ|anh|chị?; được không; phải không; đúng không; nào; gì; mấy giờ; khi nào; bao giờ; bao lâu; thế nào; ra sao; hả; à; sao; hay không; hay chưa; có được; ai; đâu; được chứ`)
}
