import Foundation
print("hi", Date())
