"""The topics themselves, in two levels, with the words that tell of them: data only, for `topics`."""

from __future__ import annotations

#: Of each topic of the second level: the end of its code, its names, and words of both languages parted by semicolons.
Below = tuple[tuple[str, str, str, str], ...]

ENVIRONMENT: Below = (
    ("wastewater", "Xử lý nước thải", "Wastewater treatment",
     "nước thải; bùn hoạt tính; bể sinh học; khử màu; độ màu; COD; BOD; amoni; nước rỉ rác; dệt nhuộm; hồ điều hòa; "
     "nước thải sinh hoạt; bể phốt; wastewater; sewage; effluent; activated sludge; sludge; leachate; dyeing; MBR; "
     "bioreactor"),
    ("water", "Nước sạch và cấp nước", "Clean water and supply",
     "nước sạch; cấp nước; nước sinh hoạt; nước uống; nước cấp; rò rỉ nước; thất thoát nước; mạng cấp nước; "
     "nước ngầm; asen; màng lọc; siêu lọc; thẩm thấu ngược; khử mặn; drinking water; water supply; water network; "
     "water leak; groundwater; arsenic; ultrafiltration; reverse osmosis; desalination; water purification"),
    ("recycling", "Chất thải rắn và tái chế", "Solid waste and recycling",
     "chất thải rắn; rác thải; rác; phân loại rác; chất thải; tái chế; phế liệu; ủ phân; compost; chất thải nguy hại; "
     "chất thải y tế; pin thải; pin cũ; tuần hoàn; kinh tế tuần hoàn; thu gom rác; solid waste; waste; recycling; "
     "recycled; composting; circular economy; landfill; scrap; hazardous waste"),
    ("air", "Không khí và khí thải", "Air quality and emissions",
     "không khí; khí thải; bụi mịn; bụi; PM2; lọc khí; khử mùi; mùi hôi; ô nhiễm không khí; VOC; hấp phụ; "
     "air quality; air pollution; emission; flue gas; particulate; odour; exhaust; air filter; scrubber"),
    ("monitoring", "Quan trắc môi trường", "Environmental monitoring",
     "quan trắc; giám sát môi trường; chất lượng nước; mực nước; chất lượng không khí; trạm quan trắc; trạm đo; "
     "tiếng ồn; lấy mẫu nước; environmental monitoring; water quality; monitoring station; noise monitoring"),
    ("climate", "Khí hậu, ngập lụt, cây xanh", "Climate, flooding and green space",
     "hồ đô thị; ngập; úng ngập; ngập lụt; thoát nước; khí hậu; biến đổi khí hậu; carbon; các bon; phát thải; "
     "cây xanh; cây đô thị; đa dạng sinh học; hạn hán; sạt lở; flood; flooding; drainage; stormwater; climate; "
     "carbon footprint; greenhouse gas; biodiversity; drought; landslide; urban tree"),
)
ENERGY: Below = (
    ("renewable", "Năng lượng tái tạo", "Renewable energy",
     "năng lượng tái tạo; điện mặt trời; pin mặt trời; năng lượng mặt trời; điện gió; tua bin gió; thủy điện; "
     "quang điện; solar; photovoltaic; wind power; wind turbine; renewable; hydropower"),
    ("storage", "Pin và lưu trữ năng lượng", "Batteries and storage",
     "pin lithium; pin; ắc quy; lưu trữ năng lượng; lưu trữ điện; BMS; sạc; bộ sạc; siêu tụ; trạm sạc; đổi pin; "
     "battery; lithium; energy storage; charging; charger; supercapacitor"),
    ("efficiency", "Tiết kiệm năng lượng", "Energy efficiency",
     "tiết kiệm năng lượng; tiết kiệm điện; hiệu suất năng lượng; điện năng tiêu thụ; kiểm toán năng lượng; biến tần; "
     "thu hồi nhiệt; energy saving; energy efficiency; energy audit; power consumption; heat recovery"),
    ("grid", "Lưới điện và đo đếm", "Grids and metering",
     "lưới điện; lưới điện thông minh; trạm biến áp; máy biến áp; công tơ; đo đếm điện; đường dây; cách điện; "
     "sự cố điện; power grid; smart grid; substation; transformer; smart meter; power line; microgrid"),
    ("fuels", "Nhiên liệu sinh học và hydro", "Biofuels and hydrogen",
     "nhiên liệu; nhiên liệu sinh học; sinh khối; biogas; khí sinh học; hydro xanh; hydrogen; viên nén; ethanol; "
     "biodiesel; biofuel; biomass; fuel cell; pellet; syngas"),
    ("heat", "Nhiệt, lạnh và sấy", "Heating, cooling and drying",
     "bơm nhiệt; điều hòa; lò hơi; nồi hơi; làm mát; làm lạnh; sấy; máy sấy; kho lạnh; lò nung; chiller; heat pump; "
     "cooling; boiler; refrigeration; dryer; drying; kiln; furnace; air conditioning"),
)
HEALTH: Below = (
    ("diagnostics", "Chẩn đoán và xét nghiệm", "Diagnostics and tests",
     "chẩn đoán; xét nghiệm; kit xét nghiệm; sinh phẩm; PCR; test nhanh; X quang; chụp ảnh y tế; ảnh y tế; siêu âm; "
     "nội soi; tầm soát; sàng lọc bệnh; ung thư; diagnostic; diagnosis; assay; test kit; biomarker; medical imaging; "
     "ultrasound; screening; cancer"),
    ("devices", "Thiết bị y tế", "Medical devices",
     "thiết bị y tế; máy thở; dụng cụ phẫu thuật; phẫu thuật; cấy ghép; vật liệu y tế; băng gạc; theo dõi bệnh nhân; "
     "nhịp tim; huyết áp; điện tim; vô khuẩn; tiệt khuẩn; medical device; surgical; surgery; implant; ventilator; "
     "ECG; sterilisation; catheter; wound dressing"),
    ("pharma", "Dược phẩm và dược liệu", "Pharmaceuticals and herbs",
     "dược phẩm; dược liệu; cao chiết; hoạt chất; y học cổ truyền; viên nang; bào chế; curcumin; thực phẩm chức năng; "
     "cây thuốc; vắc xin; pharmaceutical; drug; herbal; medicinal plant; formulation; active ingredient; vaccine; "
     "nutraceutical"),
    ("digital-care", "Y tế số", "Digital health",
     "bệnh án điện tử; bệnh án; hồ sơ sức khỏe; khám chữa bệnh từ xa; y tế từ xa; bệnh viện; quản lý bệnh viện; "
     "đặt lịch khám; đơn thuốc; phòng khám; trạm y tế; telemedicine; telehealth; electronic health record; hospital; "
     "clinic; patient record; e-health"),
    ("biotech", "Công nghệ sinh học y học", "Medical biotechnology",
     "tế bào gốc; tế bào; gen; giải trình tự; kháng thể; enzym; protein tái tổ hợp; sinh học phân tử; "
     "nuôi cấy tế bào; probiotic; lợi khuẩn; stem cell; gene; sequencing; antibody; recombinant; cell culture; "
     "enzyme; peptide"),
    ("care", "Phục hồi, chăm sóc, phòng dịch", "Rehabilitation, care and prevention",
     "phục hồi chức năng; người cao tuổi; người khuyết tật; khuyết tật; chăm sóc sức khỏe; đột quỵ; té ngã; "
     "chân tay giả; khử khuẩn; phòng dịch; dịch bệnh; khẩu trang; sức khỏe tâm thần; rehabilitation; elderly; "
     "disability; prosthesis; disinfection; epidemic; stroke; fall detection; assistive"),
)
AGRICULTURE: Below = (
    ("crops", "Trồng trọt và giống", "Crops and seed",
     "trồng trọt; cây trồng; giống; giống lúa; lúa; rau; cây ăn quả; phân bón; thuốc bảo vệ thực vật; sâu bệnh; "
     "nuôi cấy mô; nhân giống; đất trồng; chè; cà phê; nấm; crop; seed; rice; fertiliser; fertilizer; pesticide; "
     "tissue culture; orchard; vegetable; plant disease; biopesticide"),
    ("livestock", "Chăn nuôi và thú y", "Livestock and veterinary",
     "chăn nuôi; lợn; gà; gia súc; gia cầm; thức ăn chăn nuôi; thú y; chuồng trại; dịch tả; trứng; livestock; pig; "
     "poultry; cattle; animal feed; veterinary; dairy"),
    ("aquaculture", "Thủy sản", "Aquaculture and fisheries",
     "thủy sản; nuôi tôm; tôm; nuôi cá; cá tra; ao nuôi; nuôi trồng thủy sản; hải sản; đánh bắt; aquaculture; shrimp; "
     "fish farming; fishery; pond; seafood"),
    ("precision", "Nông nghiệp thông minh", "Smart farming",
     "nông nghiệp thông minh; nhà màng; nhà kính; tưới; tưới tiêu; tưới nhỏ giọt; thủy canh; máy nông nghiệp; "
     "phun thuốc; nông nghiệp công nghệ cao; vườn rau; smart farming; precision agriculture; greenhouse; irrigation; "
     "hydroponic; agricultural drone; farm machinery"),
    ("processing", "Chế biến và bảo quản", "Food processing and preservation",
     "chế biến; chế biến thực phẩm; bảo quản; sau thu hoạch; đồ uống; lên men; sấy lạnh; sấy thăng hoa; nông sản; "
     "bao gói; thực phẩm; trái cây; nước mắm; food processing; preservation; postharvest; fermentation; beverage; "
     "freeze drying; shelf life; fruit"),
    ("safety", "An toàn thực phẩm và truy xuất", "Food safety and traceability",
     "an toàn thực phẩm; vệ sinh an toàn thực phẩm; truy xuất nguồn gốc; tem truy xuất; dư lượng; "
     "kiểm nghiệm thực phẩm; nhật ký canh tác; food safety; traceability; residue; pesticide residue; "
     "food contamination"),
)
MATERIALS: Below = (
    ("nano", "Vật liệu nano và chức năng", "Nano and functional materials",
     "nano; graphene; vật liệu nano; hạt nano; xúc tác; zeolit; aerogel; than hoạt tính; hấp phụ; nanoparticle; "
     "nanomaterial; catalyst; zeolite; activated carbon; quantum dot"),
    ("polymers", "Polyme và composite", "Polymers and composites",
     "polyme; composite; nhựa; cao su; sợi carbon; keo dán; in phun nhựa; hạt nhựa; polymer; plastic; rubber; "
     "carbon fibre; resin; adhesive; elastomer"),
    ("metals", "Kim loại và gốm", "Metals and ceramics",
     "kim loại; hợp kim; thép; nhôm; luyện kim; gốm; gốm sứ; mạ; ăn mòn; chống ăn mòn; đất hiếm; alloy; steel; "
     "aluminium; metallurgy; ceramic; plating; corrosion; rare earth; metal"),
    ("chemicals", "Hóa chất và chất phủ", "Chemicals and coatings",
     "hóa chất; sơn; chất phủ; lớp phủ; dung môi; chất tẩy rửa; mực in; phụ gia; thuốc nhuộm; tinh dầu; mỹ phẩm; "
     "chemical; coating; paint; solvent; detergent; additive; cosmetic; essential oil"),
    ("packaging", "Vật liệu sinh học và bao bì", "Bio-based materials and packaging",
     "bao bì; phân hủy sinh học; vật liệu sinh học; bã mía; tre; xơ dừa; màng bọc; nhựa sinh học; giấy; gỗ; lục bình; "
     "packaging; biodegradable; bioplastic; bamboo; bagasse; paper; pulp; wood"),
    ("textiles", "Dệt may và da giày", "Textiles and leather",
     "dệt may; vải; sợi; may mặc; da giày; nhuộm; vải không dệt; lụa; textile; fabric; garment; yarn; leather; "
     "footwear; silk"),
)
ELECTRONICS: Below = (
    ("chips", "Vi mạch và bán dẫn", "Chips and semiconductors",
     "bán dẫn; vi mạch; chip; thiết kế vi mạch; mạch tích hợp; đóng gói chip; wafer; FPGA; semiconductor; "
     "integrated circuit; chip design; microchip; lithography; chip test"),
    ("sensors", "Cảm biến và đo lường", "Sensors and measurement",
     "cảm biến; đầu đo; đo lường; thiết bị đo; hiệu chuẩn; đầu dò; cân điện tử; sensor; sensing; measurement; probe; "
     "transducer; calibration; instrument; gauge"),
    ("iot", "IoT và hệ thống nhúng", "IoT and embedded systems",
     "IoT; hệ thống nhúng; vi điều khiển; LoRaWAN; LoRa; thiết bị kết nối; mạng cảm biến; thiết bị biên; "
     "internet vạn vật; embedded; microcontroller; internet of things; edge device; gateway; firmware; Zigbee"),
    ("telecom", "Viễn thông và vô tuyến", "Telecommunications and radio",
     "viễn thông; 5G; ăng ten; vô tuyến; RFID; vệ tinh; băng thông; mạng di động; truyền dẫn; telecommunication; "
     "antenna; radio; satellite; wireless; mobile network; radar"),
    ("optics", "Quang học, laser và hiển thị", "Optics, lasers and displays",
     "laser; quang học; sợi quang; LED; đèn LED; quang phổ; ống kính; màn hình; hồng ngoại; optical; optics; "
     "fibre optic; spectroscopy; lens; display; infrared; photonic"),
    ("power", "Điện tử công suất và truyền động", "Power electronics and drives",
     "điện tử công suất; bộ nghịch lưu; động cơ điện; nguồn xung; mạch điều khiển; bộ điều khiển động cơ; inverter; "
     "power electronics; electric motor; motor drive; converter; power supply"),
)
AI: Below = (
    ("vision", "Thị giác máy tính", "Computer vision",
     "thị giác máy; thị giác máy tính; nhận dạng ảnh; nhận dạng; xử lý ảnh; camera; nhận diện khuôn mặt; "
     "nhận dạng khuôn mặt; phát hiện đối tượng; biển số; OCR; computer vision; image recognition; image processing; "
     "object detection; face recognition; video analytics"),
    ("language", "Ngôn ngữ và trợ lý ảo", "Language and assistants",
     "xử lý ngôn ngữ; tiếng nói; giọng nói; nhận dạng tiếng nói; trợ lý ảo; chatbot; dịch máy; mô hình ngôn ngữ; "
     "hỏi đáp; tổng đài; natural language; speech; voice; language model; LLM; machine translation; "
     "virtual assistant; question answering"),
    ("analytics", "Phân tích và dự báo", "Analytics and forecasting",
     "dữ liệu lớn; phân tích dữ liệu; dự báo; học máy; học sâu; trí tuệ nhân tạo; AI; mô hình dự báo; "
     "phát hiện bất thường; khai phá dữ liệu; machine learning; deep learning; artificial intelligence; big data; "
     "data analytics; forecast; prediction; anomaly detection; predictive model"),
    ("platforms", "Nền tảng và điện toán đám mây", "Platforms and cloud",
     "đám mây; điện toán đám mây; nền tảng; mã nguồn mở; phần mềm; ứng dụng di động; API; trung tâm dữ liệu; cloud; "
     "platform; software; open source; mobile app; data centre; web application; SaaS"),
    ("security", "An toàn thông tin", "Cyber security",
     "an toàn thông tin; an ninh mạng; mã hóa; tấn công mạng; bảo mật; mã độc; xác thực; chuỗi khối; blockchain; "
     "cyber security; cybersecurity; encryption; malware; authentication; privacy; cryptography; intrusion"),
    ("fintech", "Công nghệ tài chính", "Financial technology",
     "công nghệ tài chính; thanh toán; ngân hàng; ví điện tử; tín dụng; bảo hiểm; chứng khoán; gian lận giao dịch; "
     "hóa đơn điện tử; kế toán; fintech; payment; banking; e-wallet; credit scoring; insurance; fraud; invoice; "
     "accounting"),
)
GOVERNMENT: Below = (
    ("services", "Dịch vụ công trực tuyến", "Online public services",
     "dịch vụ công; thủ tục hành chính; một cửa; hồ sơ hành chính; cổng dịch vụ công; cấp phép; public service; "
     "e-government; administrative procedure; one-stop; permit; licensing"),
    ("documents", "Văn bản và số hóa lưu trữ", "Records and digitisation",
     "văn bản hành chính; thể thức văn bản; lưu trữ; số hóa; số hóa tài liệu; tài liệu lưu trữ; biên bản; "
     "hồ sơ lưu trữ; công văn; soạn thảo; digitisation; digitization; archive; document management; records; "
     "minutes of meetings; transcript"),
    ("data", "Dữ liệu dùng chung và mở", "Shared and open data",
     "cơ sở dữ liệu; dữ liệu dùng chung; dữ liệu mở; kho dữ liệu; liên thông dữ liệu; chia sẻ dữ liệu; "
     "trục liên thông; chuẩn hóa dữ liệu; open data; shared data; interoperability; data exchange; data warehouse; "
     "registry"),
    ("identity", "Định danh và chữ ký số", "Identity and signatures",
     "định danh; định danh điện tử; VNeID; chữ ký số; căn cước; sinh trắc; identity; digital signature; "
     "electronic signature; biometric; e-ID; credential"),
    ("citizens", "Phản ánh và tham vấn người dân", "Citizens' reports and consultation",
     "phản ánh; kiến nghị; người dân; tiếp công dân; khiếu nại; tham vấn; khảo sát; góp ý; đường dây nóng; citizen; "
     "complaint; petition; consultation; feedback; hotline; survey"),
    ("operations", "Điều hành, tài sản, đấu thầu", "Operations, assets and procurement",
     "điều hành; chỉ đạo điều hành; trung tâm điều hành; IOC; tài sản công; đấu thầu; mua sắm công; ngân sách; "
     "thanh tra; giám sát chỉ tiêu; operations centre; procurement; tender; public asset; budget; inspection; "
     "command centre"),
)
URBAN: Below = (
    ("traffic", "Giao thông và đỗ xe", "Traffic and parking",
     "giao thông; đèn tín hiệu; ùn tắc; nút giao; đỗ xe; bãi đỗ; vi phạm giao thông; lưu lượng xe; "
     "tai nạn giao thông; lòng đường; traffic; congestion; parking; intersection; road safety; vehicle counting; "
     "traffic signal"),
    ("transit", "Vận tải công cộng, xe điện", "Public transport and electric vehicles",
     "xe buýt; vận tải công cộng; metro; tàu điện; xe điện; vé điện tử; hành khách; xe máy điện; bus; "
     "public transport; electric vehicle; electric bus; e-bike; ticketing; passenger; rail"),
    ("logistics", "Logistics và giao nhận", "Logistics",
     "logistics; kho vận; giao hàng; kho hàng; vận chuyển; chuỗi cung ứng; đội xe; chuỗi lạnh; delivery; warehouse; "
     "supply chain; fleet; freight; cold chain; last mile"),
    ("mapping", "Bản đồ, GIS, bản sao số", "Maps, GIS and digital twins",
     "bản đồ; GIS; viễn thám; bản sao số; quy hoạch; đất đai; UAV; máy bay không người lái; ảnh vệ tinh; LiDAR; "
     "định vị; mapping; remote sensing; digital twin; land use; planning; drone; geospatial; GNSS"),
    ("infrastructure", "Hạ tầng kỹ thuật và chiếu sáng", "Utilities and lighting",
     "chiếu sáng; chiếu sáng công cộng; cống; hố ga; cáp ngầm; vỉa hè; hạ tầng kỹ thuật; công viên; nghĩa trang; "
     "street lighting; lighting; sewer; manhole; utility network; underground cable; park"),
    ("safety", "An ninh và phòng cháy", "Safety and fire protection",
     "phòng cháy; chữa cháy; báo cháy; cháy nổ; cứu hộ; cứu nạn; an ninh; an ninh trật tự; tìm kiếm cứu nạn; "
     "thoát nạn; fire; fire alarm; firefighting; rescue; emergency; public safety; evacuation; surveillance"),
)
CONSTRUCTION: Below = (
    ("materials", "Vật liệu xây dựng", "Building materials",
     "vật liệu xây dựng; bê tông; xi măng; gạch; gạch không nung; cát nhân tạo; tro bay; vữa; tấm lợp; cách nhiệt; "
     "chống thấm; concrete; cement; brick; fly ash; mortar; insulation; waterproofing; roof; building material"),
    ("methods", "Kết cấu và thi công", "Structures and building methods",
     "thi công; kết cấu; lắp ghép; cốp pha; cấu kiện; dự ứng lực; BIM; công trường; phá dỡ; formwork; prefabricated; "
     "structure; construction site; precast; scaffold; demolition"),
    ("inspection", "Giám sát công trình", "Structural monitoring",
     "giám sát công trình; sức khỏe cầu; nhận dạng dao động; nứt; vết nứt; lún; kiểm định công trình; "
     "hư hỏng mặt đường; chung cư cũ; quan trắc công trình; structural health; crack; settlement; bridge inspection; "
     "structural monitoring"),
    ("buildings", "Tòa nhà thông minh", "Smart buildings",
     "tòa nhà; tòa nhà thông minh; thang máy; thông gió; nhà thông minh; chung cư; công trình xanh; smart building; "
     "smart home; elevator; ventilation; HVAC; green building"),
    ("roads", "Cầu đường và hạ tầng", "Roads and bridges",
     "cầu vượt; cầu bộ hành; đường bộ; mặt đường; nhựa đường; bê tông nhựa; cầu đường; asphalt; pavement; bridge; "
     "road; tunnel; dike; embankment"),
    ("ground", "Nền móng và địa kỹ thuật", "Foundations and geotechnics",
     "nền móng; cọc; đất yếu; địa kỹ thuật; khoan; gia cố nền; hố đào; foundation; pile; soft soil; geotechnical; "
     "drilling; excavation"),
)
MANUFACTURING: Below = (
    ("robots", "Robot và xe tự hành", "Robots and autonomous vehicles",
     "robot; cánh tay robot; xe tự hành; AGV; AMR; tay máy; robot cộng tác; gripper; robotic; cobot; "
     "autonomous vehicle; exoskeleton; manipulator"),
    ("automation", "Tự động hóa và điều khiển", "Automation and control",
     "tự động hóa; bộ điều khiển; hệ thống điều khiển; dây chuyền; dây chuyền sản xuất; PLC; SCADA; "
     "dây chuyền tự động; băng tải; automation; production line; control system; conveyor; automatic"),
    ("machining", "Cơ khí chính xác", "Precision engineering",
     "cơ khí; gia công; CNC; khuôn; khuôn mẫu; dao cụ; ổ trục; máy công cụ; machining; mould; mold; cutting tool; "
     "welding; casting; stamping; bearing; machine tool; precision"),
    ("additive", "In 3D và tạo mẫu", "3D printing and prototyping",
     "in 3D; máy in 3D; bồi đắp; tạo mẫu nhanh; quét 3D; 3D printing; additive manufacturing; prototyping; "
     "3D printer; 3D scan"),
    ("quality", "Kiểm tra chất lượng", "Quality control",
     "kiểm tra chất lượng; phát hiện lỗi; lỗi sản phẩm; kiểm tra ngoại quan; khuyết tật bề mặt; "
     "kiểm tra không phá hủy; bo mạch; quality control; defect; defect detection; visual inspection; non-destructive; "
     "quality inspection"),
    ("management", "Quản lý sản xuất, bảo trì", "Production management and maintenance",
     "quản lý sản xuất; bảo trì; bảo trì dự đoán; MES; ERP; OEE; rung động; nhà máy thông minh; "
     "lập kế hoạch sản xuất; nhà máy; predictive maintenance; maintenance; smart factory; production planning; "
     "vibration; scheduling"),
)
EDUCATION: Below = (
    ("learning", "Học liệu và dạy học số", "Digital learning",
     "học liệu; dạy học; bài giảng; học sinh; giáo viên; thi trực tuyến; chấm thi; chấm bài; giáo dục; tự học; "
     "thí nghiệm ảo; luyện phát âm; e-learning; learning; teaching; classroom; pupil; student; teacher; exam; "
     "education; tutoring; courseware"),
    ("schools", "Quản trị nhà trường", "School management",
     "nhà trường; trường học; tuyển sinh; học bạ; sổ điểm; thư viện; bữa ăn học đường; xe đưa đón học sinh; "
     "thời khóa biểu; school; university; enrolment; library; timetable; school bus; campus"),
    ("skills", "Đào tạo nghề và mô phỏng", "Skills training and simulation",
     "đào tạo nghề; mô phỏng; thực tế ảo; thực tế tăng cường; huấn luyện; VR; vocational; simulation; simulator; "
     "virtual reality; augmented reality; training simulator"),
    ("heritage", "Di sản và bảo tồn", "Heritage and conservation",
     "di sản; di tích; bảo tàng; bảo tồn; tu bổ; hiện vật; làng nghề; nghề truyền thống; nghệ nhân; Hán Nôm; văn hóa; "
     "heritage; museum; conservation; restoration; monument; craft village; artefact; culture"),
    ("tourism", "Du lịch và dịch vụ", "Tourism and services",
     "du lịch; du khách; thuyết minh; khách sạn; lữ hành; điểm đến; tourism; tourist; visitor; hotel; audio guide; "
     "destination"),
    ("media", "Nội dung số và truyền thông", "Digital content and media",
     "nội dung số; truyền thông; báo chí; phim; âm nhạc; trò chơi; xuất bản; bản quyền; quảng cáo; digital content; "
     "media; film; music; game; publishing; copyright; animation; broadcast"),
)
